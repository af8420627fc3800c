"""Tables of this floor, by room."""

from streaming.alerts.models import Alert, AlertChannel, AlertMessage
from streaming.asrun.models import Airing, ErrorEntry, SoundStep
from streaming.cues.models import Cue, TrackMapping
from streaming.ingest.models import PresenterKey, Takeover
from streaming.nodes.models import Encoder, EncoderRun, Node
from streaming.outputs.models import Destination, Recording
from streaming.platforms.models import (
    Broadcast,
    DeviceLogin,
    PlatformAccount,
    PlatformPlan,
    QuotaUse,
    ViewerCount,
)
from streaming.sources.models import TrackChange, UpcomingTrack
from streaming.stations.members import StationMember
from streaming.stations.models import BackupSource, DefaultConfig, EmergencyEntry, PlaylistEntry, Station
from streaming.titles.models import TitleDesign

__all__ = [
    "Airing",
    "Alert",
    "AlertChannel",
    "AlertMessage",
    "BackupSource",
    "Broadcast",
    "Cue",
    "DefaultConfig",
    "Destination",
    "DeviceLogin",
    "EmergencyEntry",
    "Encoder",
    "EncoderRun",
    "ErrorEntry",
    "Node",
    "PlatformAccount",
    "PlatformPlan",
    "PlaylistEntry",
    "PresenterKey",
    "QuotaUse",
    "Recording",
    "SoundStep",
    "Station",
    "StationMember",
    "Takeover",
    "TitleDesign",
    "TrackChange",
    "TrackMapping",
    "UpcomingTrack",
    "ViewerCount",
]
