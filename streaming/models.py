"""Tables of this floor, by room."""

from streaming.asrun.models import Airing, ErrorEntry
from streaming.cues.models import Cue, TrackMapping
from streaming.nodes.models import Encoder, EncoderRun, Node
from streaming.outputs.models import Destination
from streaming.sources.models import TrackChange
from streaming.stations.models import DefaultConfig, PlaylistEntry, Station

__all__ = [
    "Airing",
    "Cue",
    "DefaultConfig",
    "Destination",
    "Encoder",
    "EncoderRun",
    "ErrorEntry",
    "Node",
    "PlaylistEntry",
    "Station",
    "TrackChange",
    "TrackMapping",
]
