"""Every screen of the console opens for an operator, and for nobody else."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from accounts.audit.services import note
from accounts.models import ApiKey
from catalog.licences.models import Licence
from catalog.models import EncodingProfile, Rendition, Track
from streaming.alerts.models import Alert, AlertChannel
from streaming.alerts.services import open_alert
from streaming.asrun.models import ErrorEntry, SoundStep
from streaming.cues.models import Cue, TrackMapping
from streaming.ingest.models import PresenterKey, Takeover
from streaming.nodes.models import Encoder, EncoderRun, Node
from streaming.outputs.models import Destination, Recording
from streaming.platforms.models import PlatformAccount, PlatformPlan
from streaming.sources.models import TrackChange
from streaming.stations.models import Station
from streaming.titles.models import TitleDesign
from tests.factories import enter, make_airing, make_api_key, make_licence, make_loop, make_station, make_user

pytestmark = pytest.mark.django_db

OURS = {"accounts", "catalog", "streaming"}
SCREENS = sorted(
    (model for model in admin.site._registry if model._meta.app_label in OURS),
    key=lambda model: model._meta.label,
)


@pytest.fixture
def filled():
    """One row of everything."""
    station = make_station(state=Encoder.State.RUNNING, wanted_on_air=True, default_loop=make_loop())
    loop = make_loop("Harbour", width=1280, height=720, frame_rate=29.97, codec="h264", tags=["sea", "night"])
    rendition = Rendition.objects.create(loop=loop, profile=station.profile, content_key="k" * 64, progress=40)
    change = TrackChange.objects.create(
        station=station,
        dedupe_key="sh:1",
        origin="webhook",
        artist="Ana",
        title="Blue",
        track_key="ana - blue",
        started_at=timezone.now(),
        payload={"a": 1},
    )
    cue = Cue.objects.create(station=station, change=change, loop=loop, rendition=rendition, reason="track_key")
    node = Node.objects.create(name="one", seen_at=timezone.now())
    airing = make_airing(station, loop=loop, cue=cue, change=change)
    error = ErrorEntry.objects.create(
        station=station,
        run=airing.run,
        sequence=9,
        timestamp=timezone.now(),
        service="playout",
        severity="error",
        message="The source closed the connection.",
    )
    SoundStep.objects.create(
        station=station, run=airing.run, sequence=10, at=timezone.now(), lane="backup", name="Spare", reason="Lost."
    )
    presenter = PresenterKey.objects.create(station=station, name="Ayu", digest="d" * 64, hint="wxyz")
    mapping = TrackMapping.objects.create(station=station, track_key="ana - blue", loop=loop, song_id="s" * 32)
    destination = Destination.objects.create(
        station=station, name="YouTube", url="rtmp://127.0.0.1/live", key_hint="1234"
    )
    assert airing.run is not None
    recording = Recording.objects.create(
        station=station, destination=destination, node=node, run=airing.run, sequence=11, path="/gone.flv",
        stored_name="", started_at=timezone.now(), seconds=60.0, bytes=9,
    )  # fmt: skip
    track = Track.objects.create(artist="Ana", title="Blue", sha256="f" * 64, codec="mp3", duration_ms=1000, size=10)
    Encoder.objects.filter(pk=station.pk).update(node=node, run=airing.run, seen_at=timezone.now(), last_lines="ready")
    channel = AlertChannel.objects.create(kind="telegram", name="Night desk", recipient="@night")
    alert = open_alert(
        kind="node-gone", subject="node:one", severity="error", sentence="Blue is gone.", station=station
    )
    note("sign_in", refused=True, who="somebody@example.org")
    account = PlatformAccount.objects.create(platform="youtube", external_id="UC1", name="Night FM")
    return {
        Alert: alert,
        AlertChannel: channel,
        Station: station,
        Encoder: station.encoder,
        EncoderRun: airing.run,
        Node: node,
        TrackChange: change,
        Cue: cue,
        TrackMapping: mapping,
        Destination: destination,
        Recording: recording,
        type(loop): loop,
        Rendition: rendition,
        Track: track,
        EncodingProfile: station.profile,
        type(airing): airing,
        TitleDesign: TitleDesign.objects.create(station=station, enabled=True),
        ErrorEntry: error,
        PlatformAccount: account,
        PlatformPlan: PlatformPlan.objects.create(station=station, account=account, destination=destination),
        PresenterKey: presenter,
        ApiKey: make_api_key(make_user("program@example.org"))[0],
        Licence: make_licence(),
        Takeover: Takeover.objects.create(station=station, key=presenter, client_id="1", stream="s" * 32),
    }


def _url(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", SCREENS, ids=lambda model: model._meta.model_name)
def test_every_list_opens_for_the_operator(operator, filled, model):
    assert operator.get(_url(model, "changelist")).status_code == 200


@pytest.mark.parametrize("model", SCREENS, ids=lambda model: model._meta.model_name)
def test_every_search_and_filter_field_can_be_asked(operator, filled, model):
    screen = admin.site._registry[model]
    if screen.search_fields:
        assert operator.get(_url(model, "changelist"), {"q": "blue"}).status_code == 200


@pytest.mark.parametrize("model", SCREENS, ids=lambda model: model._meta.model_name)
def test_every_row_opens_for_the_operator(operator, filled, model):
    row = filled.get(model) or model.objects.first()
    assert operator.get(_url(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("model", SCREENS, ids=lambda model: model._meta.model_name)
def test_every_form_for_a_new_row_opens_where_rows_can_be_added(operator, filled, model):
    may_add = model.__name__ in {"Station", "Destination", "Loop", "Track", "TrackMapping", "User", "PresenterKey"}
    may_add = may_add or model in {AlertChannel, PlatformPlan, Licence}
    assert operator.get(_url(model, "add")).status_code == (200 if may_add else 403)


def test_the_start_page_and_its_fragments_open_for_the_operator(operator, filled):
    for name in ("index", "console_now", "console_station_cells", "streaming_trackmapping_heard"):
        assert operator.get(reverse(f"admin:{name}")).status_code == 200, name


@pytest.mark.parametrize("model", SCREENS, ids=lambda model: model._meta.model_name)
def test_nobody_else_sees_a_list(client, filled, model):
    assert client.get(_url(model, "changelist")).status_code == 302
    client.force_login(make_user("listener@example.org"))
    assert client.get(_url(model, "changelist")).status_code == 302
    enter(client, make_user("clerk@example.org", is_staff=True))
    assert client.get(_url(model, "changelist")).status_code == 403


def test_staff_without_permission_see_nothing_of_the_stations(client, filled):
    enter(client, make_user("clerk@example.org", is_staff=True))
    assert "Night Fm" not in client.get(reverse("admin:index")).content.decode()
    for name, args in (
        ("console_now", []),
        ("console_station_cells", []),
        ("streaming_trackmapping_heard", []),
        ("catalog_loop_cells", []),
        ("catalog_rendition_cells", []),
        ("catalog_loop_thumbnail", [filled[type(make_loop("Other"))].pk]),
        ("catalog_rendition_video", [filled[Rendition].pk]),
        ("catalog_track_sound", [filled[Track].pk]),
    ):
        assert client.get(reverse(f"admin:{name}", args=args)).status_code == 403, name
