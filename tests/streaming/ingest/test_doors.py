"""The ingest server's doors let nobody in who cannot prove who they are, and nobody out who is not gone."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.db import DatabaseError

from streaming.ingest import services, views
from streaming.ingest.models import Takeover
from streaming.ingest.services import begin_takeover
from streaming.sources.rate import Buckets
from tests.streaming.ingest.conftest import SECRET

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("switched_on")]
FORM = "application/x-www-form-urlencoded"
# As nginx 1.22.1 with libnginx-mod-rtmp 1.2.2 sends it; the key stands in for the name.
BODY = (
    "app=ingest&flashver=FMLE/3.0%20(compatible%3B%20Lavf62.12&swfurl=&tcurl=rtmp://127.0.0.1:1935/ingest&pageurl="
    "&addr=198.51.100.7&clientid=4&call=publish&name={key}&type=live"
)


def post(client, body: str | bytes, door: str = "publish", secret: str | None = SECRET):
    headers = {"X-Ingest-Secret": secret} if secret is not None else {}
    return client.post(f"/ingest/{door}", body, content_type=FORM, headers=headers)


def form(call: str, **fields: str) -> str:
    return urlencode({"app": "ingest", "addr": "198.51.100.7", "clientid": "4", "call": call, **fields})


def test_a_right_key_is_let_in_under_another_name(client, ayu):
    answer = post(client, BODY.format(key=ayu[1]))

    takeover = Takeover.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, takeover.stream)
    assert (takeover.client_id, takeover.address) == ("4", "198.51.100.7")


@pytest.mark.parametrize("key", ["wrong", "%00", "%ff%fe", "x" * 4000])
def test_a_wrong_key_is_refused(client, ayu, key):
    assert post(client, BODY.format(key=key)).status_code in {400, 403}
    assert Takeover.objects.count() == 0


@pytest.mark.parametrize("secret", [None, "", "wrong", "the ingest server's ", "schlüssel"])
@pytest.mark.parametrize("door", ["publish", "publish_done"])
def test_nobody_else_may_call_whatever_they_know(client, ayu, secret, door):
    running = begin_takeover(key=ayu[1], client_id="4")

    assert post(client, form(door, name=ayu[1]), door, secret).status_code == 403

    running.refresh_from_db()
    assert (running.ended_at, Takeover.objects.count()) == (None, 1)


def test_an_empty_secret_of_ours_opens_nothing(client, ayu, settings, switched_on):
    from dataclasses import replace

    settings.INGEST = replace(switched_on, secret="")
    assert post(client, form("publish", name=ayu[1]), secret="").status_code == 403


def test_without_an_address_for_presenters_there_is_no_door(client, ayu, settings, switched_on):
    from dataclasses import replace

    settings.INGEST = replace(switched_on, url="")
    assert post(client, form("publish", name=ayu[1])).status_code == 404


def test_a_publisher_who_adds_fields_to_its_name_is_refused(client, ayu):
    """nginx-rtmp appends what stands behind a ? as it came."""
    for more in ("&clientid=9", "&name=other", "&call=publish", "&addr=127.0.0.1"):
        assert post(client, BODY.format(key=ayu[1]) + more).status_code == 400
    assert Takeover.objects.count() == 0


@pytest.mark.parametrize("missing", ["name", "clientid", "call"])
def test_a_form_without_a_field_is_refused_naming_it(client, ayu, missing):
    fields = {"call": "publish", "name": ayu[1], "clientid": "4"}
    del fields[missing]

    answer = post(client, urlencode(fields))

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, missing)


@pytest.mark.parametrize("call", ["play", "update_publish", "publish_done", "PUBLISH"])
def test_a_door_takes_its_own_call_only(client, ayu, call):
    assert post(client, form(call, name=ayu[1])).status_code == 400


def test_a_body_larger_than_any_real_one_is_refused(client):
    assert post(client, "a=" + "x" * 9000).status_code == 413
    assert post(client, "&".join(f"f{n}=1" for n in range(60))).status_code == 400


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "head", "options"])
@pytest.mark.parametrize("door", ["publish", "publish_done"])
def test_the_doors_take_posts_only(client, method, door):
    assert getattr(client, method)(f"/ingest/{door}").status_code == 405


def test_calls_beyond_any_real_number_are_refused(client, ayu, monkeypatch):
    monkeypatch.setattr(views, "buckets", Buckets(per_second=1, burst=2))

    assert [post(client, form("publish", name="wrong")).status_code for _ in range(3)] == [403, 403, 429]
    assert post(client, form("publish_done", name="wrong"), "publish_done").status_code == 204


def test_a_database_that_is_away_lets_nobody_in(client, ayu, monkeypatch):
    def away(**_: object) -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(services, "begin_takeover", away)
    assert post(client, form("publish", name=ayu[1])).status_code == 503


def test_the_end_of_a_connection_ends_its_takeover(client, ayu):
    post(client, BODY.format(key=ayu[1]))

    assert post(client, form("publish_done", name=ayu[1]), "publish_done").status_code == 204
    assert Takeover.objects.get().end == Takeover.End.STOPPED


def test_no_answer_and_no_log_repeats_the_key(client, ayu, capfd, caplog):
    answers = [post(client, form("publish", name=ayu[1])), post(client, form("play", name=ayu[1]))]
    answers += [post(client, form("publish", name="wr0ng-key-of-a-stranger")), post(client, form("x", name=ayu[1]))]

    said = (
        "".join(a.content.decode() + str(dict(a.items())) for a in answers) + caplog.text + "".join(capfd.readouterr())
    )
    assert "ingest call refused" in said
    assert [word for word in (ayu[1], "wr0ng-key", SECRET) if word in said] == []
