"""One row of every table that a route names, at the cast's station, so that every path leads somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import Change, SecurityEvent
from catalog.models import Track
from streaming.asrun.models import ErrorEntry, SoundStep
from streaming.cues.models import Cue
from streaming.models import (
    Alert,
    AlertChannel,
    DeviceLogin,
    Node,
    PlatformAccount,
    PlatformPlan,
    PresenterKey,
    StationMember,
    Takeover,
    TitleDesign,
    TrackChange,
)
from streaming.outputs.services import add_destination
from tests.factories import (
    make_airing,
    make_api_key,
    make_licence,
    make_loop,
    make_mapping,
    make_recording,
    make_rendition,
)

if TYPE_CHECKING:
    from django.db.models import Model

    from streaming.stations.models import Station
    from tests.security.cast import Cast


def furnish(cast: Cast, station: Station | None = None) -> dict[str, Model]:
    """Return the rows by their table's label, e.g. ``streaming.destination``."""
    place = station or cast.station
    rows = [
        place,
        place.encoder,
        *_pictures(cast, place),
        *_on_air(cast, place),
        *_delivery(place),
        *_people(cast, place),
    ]
    return {row._meta.label_lower: row for row in rows}


def _pictures(cast: Cast, station: Station) -> list[Model]:
    loop = make_loop(f"Rain at {station}", uploaded_by=cast["editor"])
    track = Track.objects.create(
        artist="Ana", title="Blue", sha256=loop.sha256, codec="mp3", duration_ms=1, size=1, uploaded_by=cast["editor"]
    )
    rendition = make_rendition(loop)
    licence = make_licence(f"Pack of {station}")
    mapping = make_mapping(station, loop)
    cue = Cue.objects.create(station=station, loop=loop, rendition=rendition, reason="track_key")
    return [
        loop,
        track,
        rendition,
        rendition.profile,
        licence,
        mapping,
        cue,
        TitleDesign.objects.create(station=station),
    ]


def _on_air(cast: Cast, station: Station) -> list[Model]:
    now = timezone.now()
    airing = make_airing(station)
    told: dict[str, Any] = {"station": station, "run": airing.run}
    error = ErrorEntry.objects.create(
        **told, sequence=2, timestamp=now, service="playout", severity="error", message="x"
    )
    step = SoundStep.objects.create(**told, sequence=3, at=now, lane="backup", name="Spare", reason="Lost.")
    change = TrackChange.objects.create(
        station=station, dedupe_key="1", origin="webhook", artist="Ana", title="Blue", started_at=now, payload={}
    )
    alert = Alert.objects.create(
        station=station, kind="platform-offline", subject=station.slug, severity="error", sentence="Look.", seen_at=now
    )
    key = PresenterKey.objects.create(
        station=station, name="Ayu", digest=station.pk.hex * 2, hint="wxyz", person=cast["presenter"]
    )
    takeover = Takeover.objects.create(station=station, key=key, client_id="1", stream=station.pk.hex)
    return [airing, airing.run, error, step, change, alert, key, takeover] if airing.run else []


def _delivery(station: Station) -> list[Model]:
    destination = add_destination(station=station, url="rtmp://live.example.org/app", key=station.pk.hex)
    account = PlatformAccount.objects.create(platform="youtube", external_id=station.slug, name="Night FM")
    plan = PlatformPlan.objects.create(station=station, account=account)
    soon: dict[str, Any] = {"next_poll_at": timezone.now(), "expires_at": timezone.now(), "interval_s": 5}
    login = DeviceLogin.objects.create(platform="youtube", device_sealed=b"", user_code="ABCD", address="", **soon)
    return [
        destination, make_recording(station), account, plan, login,
        Node.objects.get_or_create(name="one")[0],
        AlertChannel.objects.get_or_create(kind="telegram", name="Night desk", recipient="@night")[0],
    ]  # fmt: skip


def _people(cast: Cast, station: Station) -> list[Model]:
    stranger = cast["stranger"]
    assert stranger is not None
    key, _ = make_api_key(stranger)
    member = StationMember.objects.get_or_create(station=station, person=cast["presenter"], role="presenter")[0]
    event = SecurityEvent.objects.create(at=timezone.now(), kind="sign_in", outcome="done")
    change = Change.objects.order_by("-pk").first()
    assert change is not None, "the database writes down what is done to stations"
    return [change, stranger, Group.objects.get(name="user"), key, member, event]
