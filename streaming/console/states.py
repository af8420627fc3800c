"""Tells the state of stations, sources and destinations to an operator: a word, a tone, a sentence. Pure decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from config.lib import admin_cells as cells
from streaming.asrun import sound_words
from streaming.nodes.models import Encoder

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.safestring import SafeString

    from streaming.outputs.models import Destination
    from streaming.stations.models import Station

SILENT_AFTER = timedelta(seconds=15)
CONNECTING_FOR = timedelta(seconds=30)
State = Encoder.State


@dataclass(frozen=True)
class Told:
    """A state: the word in the table, its tone, and what it means."""

    word: str
    tone: cells.Tone
    sentence: str

    def cell(self) -> SafeString:
        """Return it for a table."""
        return cells.state(self.word, self.tone, hint=self.sentence)


_WANTED = {
    State.STOPPED: Told("Waiting", "busy", "Wanted on air; a node takes it up within seconds, if one runs."),
    State.SPAWNING: Told("Starting", "busy", "The encoder is starting."),
    State.RUNNING: Told("On air", "ok", "Picture and sound go out."),
    State.CRASHED: Told("Restarting", "warn", "The encoder ended by itself and is started again."),
    State.FAILED: Told("Failed", "fail", "The encoder failed too often; it stays off air until you start it."),
}
_UNWANTED = {
    State.STOPPED: Told("Off air", "quiet", "Stopped by an operator."),
    State.SPAWNING: Told("Stopping", "busy", "The encoder is being ended."),
    State.RUNNING: Told("Stopping", "busy", "The encoder is being ended."),
    State.CRASHED: Told("Off air", "quiet", "Stopped by an operator."),
    State.FAILED: Told("Failed", "fail", "The encoder failed too often; start it again when the cause is gone."),
}
UNHEARD = Told(
    "On air, unheard",
    "warn",
    "The encoder was on air when last heard. It goes on without its node; nobody watches it now.",
)
SOUNDLESS = Told("On air, silent", "warn", "The picture goes out with silence: no sound comes from the source.")
STOOD_IN = Told("On air, backup", "warn", "The main source is lost; something else is heard until it is back.")


def encoder_of(station: Station) -> Encoder | None:
    """Return the station's encoder row; a station made a moment ago may have none yet."""
    try:
        return station.encoder
    except Encoder.DoesNotExist:
        return None


def station_state(station: Station, now: datetime) -> Told:
    """Tell how a station is."""
    encoder = encoder_of(station)
    state = Encoder.State(encoder.state) if encoder else State.STOPPED
    if not station.wanted_on_air:
        return _UNWANTED[state]
    if encoder is None or state != State.RUNNING:
        return _WANTED[state]
    if is_unheard(encoder, now):
        return UNHEARD
    if encoder.lane in sound_words.STOOD_IN:
        return STOOD_IN
    return _WANTED[state] if encoder.source_up or encoder.lane == sound_words.Lane.TAKEOVER else SOUNDLESS


def encoder_state(encoder: Encoder) -> Told:
    """Tell how an encoder is, whatever is wanted of it."""
    return _WANTED[Encoder.State(encoder.state)] if encoder.state != State.STOPPED else _UNWANTED[State.STOPPED]


def is_running(station: Station) -> bool:
    """Tell whether the station's encoder runs, as far as is known."""
    encoder = encoder_of(station)
    return encoder is not None and encoder.state == State.RUNNING


def is_unheard(encoder: Encoder, now: datetime) -> bool:
    """Tell whether an encoder that should report each second has been silent for 15 s."""
    return encoder.seen_at is None or now - encoder.seen_at > SILENT_AFTER


def source_state(station: Station) -> Told:
    """Tell whether sound arrives."""
    encoder = encoder_of(station)
    if encoder is None or not is_running(station):
        return Told("Idle", "quiet", "The source is read while the station is on air.")
    if encoder.lane in sound_words.STOOD_IN:
        word = "Backup" if encoder.lane == sound_words.Lane.BACKUP else "Emergency list"
        return Told(word, "warn", f"Main source lost, playing {_heard(encoder)}.")
    if encoder.source_up:
        return Told("Sound", "ok", "Sound arrives from the source.")
    return Told("No sound", "warn", encoder.source_error or "No sound arrives from the source; silence goes out.")


def _heard(encoder: Encoder) -> str:
    return sound_words.heard(encoder.lane, encoder.lane_name)


def destination_state(destination: Destination) -> Told:
    """Tell whether a destination has the stream; needs ``station.encoder`` to be loaded."""
    if not destination.enabled:
        return Told("Paused", "quiet", "Nothing is sent here until it is resumed.")
    if not is_running(destination.station) and destination.down_since is None:
        return Told("Idle", "quiet", "It is connected when the station goes on air.")
    if destination.connected:
        return _connected(destination)
    if destination.state == destination.State.HELD:
        return Told("Held back", "fail", "This machine may not send now: another one may have the station.")
    why = destination.last_error or "It is being connected."
    if not destination.last_error and not _is_long_down(destination):
        return Told("Connecting", "busy", why)
    return Told("Not connected", "fail", why)


def _is_long_down(destination: Destination) -> bool:
    return destination.down_since is not None and timezone.now() - destination.down_since > CONNECTING_FOR


def _connected(destination: Destination) -> Told:
    """Tell of one that has the stream, by which ingest, and whether something of it is missing."""
    if destination.on_backup:
        return Told("On its backup", "warn", "The backup ingest has the stream; the first one does not.")
    if destination.backup_connected is False:
        return Told("Without backup", "warn", "The stream arrives, but not at the backup ingest as well.")
    if destination.state == destination.State.RENEWING:
        return Told("Connecting anew", "busy", "Its connection is made anew as planned.")
    return Told(
        "Recording" if destination.kind == destination.Kind.RECORDING else "Connected", "ok", "The stream arrives."
    )
