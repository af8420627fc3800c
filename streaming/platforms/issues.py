"""YouTube's configuration issues in plain words, with what to do about each here.

Types: the API's discovery document and …/youtube/v3/live/docs/liveStreams/health_status_messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_LOOPS = "Compile the station's loops again (Renditions)."
_PROFILE = "Choose another profile for the station."
_SAME = "Let only Longwave send to this key, to both ingests, or switch the backup ingest off."
_SOUND = "Pass AAC through is on: switch it off for the station, so that the sound is encoded as YouTube asks."
_LINE = "Look at the destination's queue and dropped packets; if they grow, the line is too slow: lower the profile."
_OTHER = "Something else sends to this key as well: end it, or use another key."

ISSUES = {
    "gopSizeOver": f"Keyframes are more than four seconds apart; viewers have to wait. {_LOOPS}",
    "gopSizeLong": f"Keyframes are too far apart. {_LOOPS}",
    "gopSizeShort": f"Keyframes are too close together, which costs quality. {_LOOPS}",
    "openGop": f"Pictures refer across keyframes. {_LOOPS}",
    "badContainer": f"YouTube cannot read what arrives. {_OTHER}",
    "audioBitrateHigh": f"The sound has a higher bit rate than YouTube asks for. {_SOUND}",
    "audioBitrateLow": f"The sound has a lower bit rate than YouTube asks for. {_SOUND}",
    "audioSampleRate": f"The sound's sample rate is neither 44.1 nor 48 kHz. {_SOUND}",
    "bitrateHigh": f"The picture has a higher bit rate than YouTube asks for. {_PROFILE}",
    "bitrateLow": "The picture has a lower bit rate than YouTube asks for. Calm loops need little: if they look good, "
    "nothing is to be done; else choose a profile with more.",
    "audioCodec": f"The sound is neither AAC nor MP3. {_SOUND}",
    "videoCodec": f"The picture is not H.264. {_OTHER}",
    "noAudioStream": f"No sound arrives. Longwave sends at least silence. {_OTHER}",
    "noVideoStream": f"No picture arrives. {_OTHER}",
    "multipleVideoStreams": f"More than one picture arrives. {_OTHER}",
    "multipleAudioStreams": f"More than one sound arrives. {_OTHER}",
    "audioTooManyChannels": f"The sound has more than two channels. {_SOUND}",
    "interlacedVideo": f"The picture is interlaced. {_OTHER}",
    "frameRateHigh": f"There are more than 60 pictures a second. {_PROFILE}",
    "resolutionMismatch": f"The two ingests get pictures of different sizes. {_SAME}",
    "videoCodecMismatch": f"The two ingests get different video codecs. {_SAME}",
    "videoInterlaceMismatch": f"Only one of the two ingests gets an interlaced picture. {_SAME}",
    "videoProfileMismatch": f"The two ingests get different H.264 profiles. {_SAME}",
    "videoBitrateMismatch": f"The two ingests get different video bit rates. {_SAME}",
    "framerateMismatch": f"The two ingests get different frame rates. {_SAME}",
    "gopMismatch": f"The two ingests get keyframes at different distances. {_SAME}",
    "audioSampleRateMismatch": f"The two ingests get different sample rates. {_SAME}",
    "audioStereoMismatch": f"One of the two ingests gets mono, the other stereo. {_SAME}",
    "audioCodecMismatch": f"The two ingests get different audio codecs. {_SAME}",
    "audioBitrateMismatch": f"The two ingests get different audio bit rates. {_SAME}",
    "videoResolutionSuboptimal": f"The picture has an unusual size; YouTube scales it. {_PROFILE}",
    "videoResolutionUnsupported": f"YouTube does not take this picture's size. {_PROFILE}",
    "videoIngestionStarved": f"Too little arrives for smooth playing; viewers see it wait. {_LINE}",
    "videoIngestionFasterThanRealtime": f"More than one second arrives each second. {_OTHER}",
}
SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True)
class Issue:
    """One issue: YouTube's type and severity, and our sentence."""

    type: str
    severity: str
    sentence: str


def in_words(told: Iterable[dict[str, Any]]) -> list[Issue]:
    """Return what YouTube lists, each type once, the worst first; what is not known in YouTube's own words."""
    found: dict[str, Issue] = {}
    for issue in told:
        kind = str(issue.get("type", ""))
        severity = str(issue.get("severity", "")).lower()
        if kind not in found:
            known = severity if severity in SEVERITIES else "warning"
            found[kind] = Issue(kind, known, ISSUES.get(kind) or _own_words(issue))
    return sorted(found.values(), key=lambda issue: SEVERITIES.index(issue.severity))


def _own_words(issue: dict[str, Any]) -> str:
    words = " ".join(f"{issue.get('reason', '')}: {issue.get('description', '')}".split())
    return words.strip(": ")[:400] or f"YouTube reports {issue.get('type', 'something')}."
