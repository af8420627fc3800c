"""Whatever a source, a file or a platform says is shown as text: no screen of the console runs it (control 13)."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from catalog.models import Rendition, Track
from streaming.asrun.models import ErrorEntry
from streaming.cues.models import Cue, TrackMapping
from streaming.nodes.models import Encoder, Node
from streaming.outputs.models import Destination
from streaming.sources.models import TrackChange
from tests.factories import make_airing, make_loop, make_station

pytestmark = pytest.mark.django_db
# As many as the shortest field holds at a time: every screen is opened for each line.
HOSTILE = [
    '</title></textarea><script>alert(1)</script>"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>{{ 7|add:7 }}<b x-init=alert(1)>",
    '<a href="javascript:alert(1)">x</a>` onmouseover=alert(1) <i>',
]
RAW = ("<script>alert", "<img src=x", "<svg onload", "<b x-init", '<a href="javascript', "onmouseover=alert(1) <i>")


def fill(text):
    loop = make_loop(text, tags=[text[:64]], original_name=text, codec=text[:32], width=1, height=1)
    station = make_station(name=text, wanted_on_air=True, state=Encoder.State.RUNNING, held_loop=loop, description=text)
    node = Node.objects.create(name=text)
    Encoder.objects.filter(pk=station.pk).update(node=node, last_lines=text, source_error=text, exit_code=1)
    change = TrackChange.objects.create(
        station=station,
        dedupe_key="sh:1",
        origin="icy",
        artist=text,
        title=text,
        album=text,
        track_key=text,
        song_id=text,
        started_at=timezone.now(),
        payload={"x": text},
    )
    rendition = Rendition.objects.create(
        loop=loop, profile=station.profile, content_key="k", status="failed", reason=text
    )
    return [
        station,
        loop,
        change,
        rendition,
        station.encoder,
        node,
        Cue.objects.create(station=station, change=change, loop=loop, reason="held"),
        make_airing(station, text, artist=text, album=text, loop=loop, had_errors=True, error_message=text),
        ErrorEntry.objects.create(
            station=station,
            timestamp=timezone.now(),
            service=text[:64],
            severity="error",
            message=text,
            context={"x": text},
        ),
        TrackMapping.objects.create(station=station, track_key=text, song_id=text, loop=loop),
        Destination.objects.create(station=station, name=text, url=f"rtmp://{text}", last_error=text, key_sealed=b"x"),
        Track.objects.create(artist=text, title=text, album=text, sha256="f", codec="mp3", duration_ms=1, size=1),
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_on_every_screen(operator, text):
    rows = fill(text)
    urls = [
        reverse(f"admin:{name}")
        for name in ("index", "console_now", "console_station_cells", "streaming_trackmapping_heard")
    ]
    for row in rows:
        name = (
            f"admin:streaming_{row._meta.model_name}"
            if row._meta.app_label == "streaming"
            else f"admin:catalog_{row._meta.model_name}"
        )
        urls += [reverse(f"{name}_changelist"), reverse(f"{name}_change", args=[row.pk])]
    for url in urls:
        page = operator.get(url)
        assert page.status_code == 200, url
        shown = page.content.decode()
        assert not [raw for raw in RAW if raw in shown], url
        assert "14<b" not in shown, url
