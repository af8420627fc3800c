"""Which loop a track shows, decided in the console."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from streaming.cues.models import TrackMapping
from streaming.sources.models import TrackChange
from tests.factories import make_loop, make_mapping, make_station

pytestmark = pytest.mark.django_db
HEARD = "admin:streaming_trackmapping_heard"


def said(response):
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def hear(station, title, times=1, **fields):
    for number in range(times):
        TrackChange.objects.create(
            station=station,
            dedupe_key=f"{title}:{number}",
            origin="icy",
            **{"artist": "Ana", "title": title, "track_key": f"ana - {title.lower()}", **fields},
            started_at=timezone.now(),
        )


def test_a_track_is_mapped_by_artist_and_title(operator):
    station, loop = make_station(), make_loop()
    data = {"station": station.pk, "artist": "Ana ", "title": "BLUE!", "loop": loop.pk, "song_id": ""}
    operator.post(reverse("admin:streaming_trackmapping_add"), data)
    assert TrackMapping.objects.get().track_key == "ana - blue"


def test_a_title_without_a_letter_is_refused_at_its_field(operator):
    data = {"station": make_station().pk, "artist": "", "title": "!!!", "loop": make_loop().pk, "song_id": ""}
    response = operator.post(reverse("admin:streaming_trackmapping_add"), data)
    assert "no letter or digit" in " ".join(response.context["adminform"].form.errors["title"])
    assert not TrackMapping.objects.exists()


def test_a_mapping_gets_another_loop_and_keeps_its_track(operator):
    station, other = make_station(), make_loop("Other")
    mapping = make_mapping(station, make_loop())
    url = reverse("admin:streaming_trackmapping_change", args=[mapping.pk])
    operator.post(url, {"loop": other.pk, "song_id": "s1", "track_key": "somebody - else"})
    mapping.refresh_from_db()
    assert (mapping.loop, mapping.song_id, mapping.track_key) == (other, "s1", "ana - blue")


def test_a_loop_is_assigned_to_many_mappings_at_once(operator):
    station, old, new = make_station(), make_loop("Old"), make_loop("New")
    rows = [make_mapping(station, old, f"ana - {n}") for n in range(3)]
    chosen = {"_selected_action": [row.pk for row in rows[:2]], "action": "assign"}
    url = reverse("admin:streaming_trackmapping_changelist")
    assert "Assign a loop" in operator.post(url, chosen).content.decode()
    assert "2 mappings show “New”" in said(operator.post(url, {**chosen, "answered": "1", "loop": new.pk}))
    assert [TrackMapping.objects.get(pk=row.pk).loop for row in rows] == [new, new, old]


def test_nothing_is_assigned_without_a_loop(operator):
    row = make_mapping(make_station(), make_loop())
    chosen = {"_selected_action": [row.pk], "action": "assign", "answered": "1", "loop": ""}
    response = operator.post(reverse("admin:streaming_trackmapping_changelist"), chosen)
    assert "This field is required" in response.content.decode()


def test_tracks_heard_without_a_loop_are_listed_and_assigned_in_place(operator):
    station, loop = make_station(), make_loop()
    hear(station, "Blue", 3)
    hear(station, "Red", 1)
    make_mapping(station, loop, "ana - red")
    page = operator.get(reverse(HEARD))
    assert [row["title"] for row in page.context["rows"]] == ["Blue"]
    name = page.context["rows"][0]["name"]
    response = operator.post(reverse(HEARD), {"track": [name], "loop": loop.pk})
    assert "1 track shows" in said(response)
    assert TrackMapping.objects.filter(track_key="ana - blue", loop=loop).exists()
    assert operator.get(reverse(HEARD)).context["rows"] == []


def test_tracks_of_one_station_can_be_looked_at_alone(operator):
    hear(make_station("one"), "Blue")
    hear(make_station("two"), "Red")
    page = operator.get(reverse(HEARD), {"station": "two"})
    assert [row["title"] for row in page.context["rows"]] == ["Red"]
    assert operator.get(reverse(HEARD), {"station": "three"}).status_code == 404


def test_a_track_that_was_not_listed_cannot_be_slipped_in(operator):
    station, loop = make_station(), make_loop()
    hear(station, "Blue")
    operator.post(reverse(HEARD), {"track": [f"{station.pk}|somebody - else|"], "loop": loop.pk})
    assert not TrackMapping.objects.exists()


def test_mappings_go_out_as_csv(operator):
    make_mapping(make_station(), make_loop())
    url = reverse("admin:streaming_trackmapping_export")
    assert operator.get(url).status_code == 200
    fields = ("station", "track_key", "song_id", "loop", "play_count")
    sent = {"format": "0", "resource": "", **{f"mappingresource_{name}": "on" for name in fields}}
    answer = operator.post(url, sent)
    assert answer.headers["Content-Type"] == "text/csv"
    assert b"night-fm,ana - blue,,Rain on glass,0" in answer.content


def test_mappings_come_in_as_csv_after_a_look_at_what_will_change(operator):
    station, loop = make_station(), make_loop()
    table = f"station,artist,title,loop\n{station.slug},Ana,Blue,{loop.name}\n".encode()
    url = reverse("admin:streaming_trackmapping_import")
    looked = operator.post(url, {"format": "0", "import_file": SimpleUploadedFile("m.csv", table), "resource": ""})
    assert not TrackMapping.objects.exists()
    operator.post(reverse("admin:streaming_trackmapping_process_import"), looked.context["confirm_form"].initial)
    assert TrackMapping.objects.get().track_key == "ana - blue"


def test_a_bad_row_of_a_csv_is_named_and_nothing_comes_in(operator):
    station, loop = make_station(), make_loop()
    table = f"station,artist,title,loop\n{station.slug},Ana,Blue,{loop.name}\nnowhere,Ana,Red,{loop.name}\n".encode()
    url = reverse("admin:streaming_trackmapping_import")
    page = operator.post(url, {"format": "0", "import_file": SimpleUploadedFile("m.csv", table), "resource": ""})
    assert "nowhere" in page.content.decode()
    assert "confirm_form" not in page.context or page.context["confirm_form"] is None
    assert not TrackMapping.objects.exists()
