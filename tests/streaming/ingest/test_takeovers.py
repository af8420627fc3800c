"""Who has the station: the newest presenter, until the connection ends, the key is revoked or an operator says so."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone

from streaming.ingest import services
from streaming.ingest.errors import PublishRefusedError
from streaming.ingest.keys import find_key
from streaming.ingest.models import PresenterKey, Takeover
from streaming.ingest.services import begin_takeover, create_presenter_key, publish_ended, revoke_presenter_key
from tests.factories import make_station

pytestmark = pytest.mark.django_db
End = Takeover.End


@pytest.fixture
def told(monkeypatch) -> list[tuple[str, str]]:
    """What the nodes were told."""
    said: list[tuple[str, str]] = []
    monkeypatch.setattr(services, "notify", lambda *, station, what: said.append((station, what)))
    return said


def test_the_station_follows_from_the_key_and_its_node_is_woken(station, ayu, told):
    make_station("day-fm")
    takeover = begin_takeover(key=ayu[1], client_id="7", address="198.51.100.7")

    assert (takeover.station, takeover.key, takeover.client_id) == (station, ayu[0], "7")
    assert (takeover.address, takeover.ended_at, takeover.on_air_at) == ("198.51.100.7", None, None)
    assert told == [(str(station.pk), "control")]
    ayu[0].refresh_from_db()
    assert ayu[0].last_used_at is not None


def test_the_stream_has_a_name_of_its_own_that_does_not_tell_the_key(ayu):
    names = {begin_takeover(key=ayu[1], client_id=str(n)).stream for n in range(5)}

    assert len(names) == 5
    assert all(len(name) == 32 and ayu[1] not in name for name in names)


@pytest.mark.parametrize("key", ["", "wrong", "x" * 5000, "\0", "schlüssel"])
def test_a_wrong_key_changes_nothing(station, ayu, told, key):
    with pytest.raises(PublishRefusedError, match="not known, or was revoked"):
        begin_takeover(key=key, client_id="1")
    assert (Takeover.objects.count(), told) == (0, [])


def test_a_revoked_key_is_refused_in_the_same_words(ayu):
    revoke_presenter_key(key=ayu[0])

    with pytest.raises(PublishRefusedError, match="not known, or was revoked"):
        begin_takeover(key=ayu[1], client_id="1")


def test_a_key_revoked_while_the_presenter_comes_is_refused(ayu, monkeypatch):
    asked = find_key

    def find_and_revoke(key: str) -> PresenterKey | None:
        found = asked(key)
        PresenterKey.objects.update(revoked_at=timezone.now())
        return found

    monkeypatch.setattr(services, "find_key", find_and_revoke)
    with pytest.raises(PublishRefusedError):
        begin_takeover(key=ayu[1], client_id="1")
    assert Takeover.objects.count() == 0


def test_revoking_ends_the_running_takeover_of_that_key_only(station, ayu, told):
    ben = create_presenter_key(station=make_station("day-fm"), name="Ben", created_by=None)
    hers, his = begin_takeover(key=ayu[1], client_id="1"), begin_takeover(key=ben[1], client_id="2")
    told.clear()

    revoke_presenter_key(key=ayu[0])

    hers.refresh_from_db()
    his.refresh_from_db()
    assert (hers.end, his.end) == (End.REVOKED, "")
    assert told == [(str(station.pk), "control")]


def test_the_next_presenter_takes_over_from_the_one_before(station, ayu):
    ben = create_presenter_key(station=station, name="Ben", created_by=None)
    first, second = begin_takeover(key=ayu[1], client_id="1"), begin_takeover(key=ben[1], client_id="2")

    first.refresh_from_db()
    assert (first.end, second.ended_at) == (End.REPLACED, None)


def test_a_presenter_who_comes_again_is_let_in_and_the_old_connection_no_longer_matters(ayu):
    first, second = begin_takeover(key=ayu[1], client_id="1"), begin_takeover(key=ayu[1], client_id="2")

    assert publish_ended(key=ayu[1], client_id="1") is None

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.end, second.ended_at) == (End.REPLACED, None)
    assert publish_ended(key=ayu[1], client_id="2") == second


def test_an_end_is_matched_by_connection_and_key(station, ayu):
    """After the ingest server's restart the number 1 is given again, perhaps to another presenter."""
    ben = create_presenter_key(station=make_station("day-fm"), name="Ben", created_by=None)
    his = begin_takeover(key=ben[1], client_id="1")
    hers = begin_takeover(key=ayu[1], client_id="1")

    for key, number in ((ayu[1], "2"), ("wrong", "1"), ("", "1")):
        assert publish_ended(key=key, client_id=number) is None
    assert publish_ended(key=ben[1], client_id="1") == his

    hers.refresh_from_db()
    assert hers.ended_at is None


def test_an_operator_ends_a_takeover_once(ayu):
    takeover = begin_takeover(key=ayu[1], client_id="1")

    assert services.end_takeover(takeover=takeover, end=End.REVOKED) is True
    assert services.end_takeover(takeover=takeover, end=End.STALLED) is False
    assert takeover.end == End.REVOKED


def test_what_the_encoder_tells_is_kept(station, ayu):
    takeover, now = begin_takeover(key=ayu[1], client_id="1"), timezone.now()
    services.note_on_air(station=station, identity=takeover.pk, copied=True, at=now)
    services.note_on_air(station=station, identity=takeover.pk, copied=False, at=timezone.now())
    services.note_ended(station=station, identity=takeover.pk, end=End.UNUSABLE, at=now)

    takeover.refresh_from_db()
    assert (takeover.on_air_at, takeover.copied, takeover.ended_at, takeover.end) == (now, False, now, "unusable")


def test_a_stall_that_the_encoder_saw_refines_the_servers_word(station, ayu):
    takeover = begin_takeover(key=ayu[1], client_id="1")
    publish_ended(key=ayu[1], client_id="1")
    services.note_ended(station=station, identity=takeover.pk, end=End.STALLED, at=timezone.now())
    takeover.refresh_from_db()
    assert takeover.end == End.STALLED


@pytest.mark.parametrize("end", [End.REVOKED, End.REPLACED])
def test_what_we_ended_ourselves_keeps_our_reason(station, ayu, end):
    takeover = begin_takeover(key=ayu[1], client_id="1")
    services.end_takeover(takeover=takeover, end=end)
    services.note_ended(station=station, identity=takeover.pk, end=End.STOPPED, at=timezone.now())
    takeover.refresh_from_db()
    assert takeover.end == end


def test_another_stations_encoder_says_nothing_about_this_takeover(ayu):
    takeover = begin_takeover(key=ayu[1], client_id="1")
    other = make_station("day-fm")
    services.note_on_air(station=other, identity=takeover.pk, copied=True, at=timezone.now())
    services.note_ended(station=other, identity=takeover.pk, end=End.STOPPED, at=timezone.now())
    services.note_ended(station=other, identity=uuid.uuid4(), end=End.STOPPED, at=timezone.now())
    takeover.refresh_from_db()
    assert (takeover.on_air_at, takeover.ended_at) == (None, None)
