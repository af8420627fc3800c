"""YouTube's reasons for a refusal as sentences with a remedy (…/youtube/v3/live/docs/errors)."""

from __future__ import annotations

QUOTA = frozenset({"quotaExceeded", "dailyLimitExceeded"})
RATE = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "userRequestsExceedRateLimit"})
UNAUTHORIZED = frozenset({"authError", "authorizationRequired", "required"})

REASONS = {
    "liveStreamingNotEnabled": "Live streaming is not switched on for this channel: open youtube.com/features, "
    "switch it on, and wait up to 24 hours.",
    "livePermissionBlocked": "YouTube does not let this channel stream live at the moment: "
    "YouTube Studio says why, and until when.",
    "insufficientLivePermissions": "The connected account may not stream for this channel: "
    "connect it again with an account that owns or manages it.",
    "insufficientPermissions": "Longwave was not given leave to manage this channel: connect it again and allow it.",
    "forbidden": "YouTube does not allow this for the channel; YouTube Studio says more.",
    "liveBroadcastNotFound": "The broadcast is gone: it was deleted at YouTube.",
    "liveStreamNotFound": "The stream is gone: it was deleted at YouTube. A new one is made.",
    "liveBroadcastBindingNotAllowed": "The broadcast can no longer be joined with the stream: it is live or over.",
    "errorStreamInactive": "YouTube gets no picture yet; the broadcast goes live as soon as it does.",
    "errorExecutingTransition": "YouTube failed to change the broadcast's state; it is tried again.",
    "invalidTransition": "The broadcast is in a state from which it cannot go there.",
    "redundantTransition": "The broadcast is in that state already.",
    "invalidTitle": "YouTube does not accept the title: shorten it, and leave out < and >.",
    "invalidDescription": "YouTube does not accept the description: shorten it, and leave out < and >.",
    "invalidScheduledStartTime": "YouTube does not accept the start time: check this machine's clock.",
    "userBroadcastsExceedLimit": "The channel has too many broadcasts: delete old scheduled ones in YouTube Studio.",
    "invalidImage": "YouTube cannot read the thumbnail: upload another picture.",
    "uploadRateLimitExceeded": "The channel has sent too many thumbnails lately; it is tried again later.",
    "mediaBodyRequired": "YouTube got no picture with the thumbnail.",
    "videoNotFound": "The broadcast is gone: it was deleted at YouTube.",
    "keyInvalid": "YouTube does not accept Longwave's application. Check YOUTUBE_CLIENT_ID.",
    "accessNotConfigured": "The YouTube Data API is off in your Google project: switch it on in Google's console.",
}


def sentence(reason: str, said: str) -> str:
    """Return our sentence for a reason; for one that is not known YouTube's own words, bounded."""
    known = REASONS.get(reason)
    if known:
        return known
    words = " ".join(said.replace("<", " ").replace(">", " ").split())[:300]
    return f"YouTube refused it ({reason or 'no reason given'}){': ' + words if words else ''}."
