"""The console's screens of this floor, by room."""

from streaming.alerts.admin import AlertAdmin, AlertChannelAdmin
from streaming.asrun.admin import AiringAdmin, ErrorEntryAdmin, SoundStepAdmin
from streaming.cues.admin import CueAdmin, TrackMappingAdmin
from streaming.ingest.admin import PresenterKeyAdmin, TakeoverAdmin
from streaming.nodes.admin import EncoderAdmin, EncoderRunAdmin, NodeAdmin
from streaming.outputs.admin import DestinationAdmin, RecordingAdmin
from streaming.platforms.admin import PlatformAccountAdmin, PlatformPlanAdmin
from streaming.sources.admin import TrackChangeAdmin
from streaming.stations.admin import StationAdmin
from streaming.titles.admin import TitleDesignAdmin

__all__ = [
    "AiringAdmin",
    "AlertAdmin",
    "AlertChannelAdmin",
    "CueAdmin",
    "DestinationAdmin",
    "EncoderAdmin",
    "EncoderRunAdmin",
    "ErrorEntryAdmin",
    "NodeAdmin",
    "PlatformAccountAdmin",
    "PlatformPlanAdmin",
    "PresenterKeyAdmin",
    "RecordingAdmin",
    "SoundStepAdmin",
    "StationAdmin",
    "TakeoverAdmin",
    "TitleDesignAdmin",
    "TrackChangeAdmin",
    "TrackMappingAdmin",
]
