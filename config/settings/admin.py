"""The operator's console (django-unfold): its name, colours and the way through it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.templatetags.static import static
from django.urls import reverse_lazy

if TYPE_CHECKING:
    from django.http import HttpRequest

# The look's tokens (static/longwave/tokens.css) as the scales unfold wants: warm greys, and signal amber.
GREYS = {
    "50": "#faf8f4",
    "100": "#f3efe7",
    "200": "#e2dcd2",
    "300": "#cdc6ba",
    "400": "#a9a297",
    "500": "#716a60",
    "600": "#5c564e",
    "700": "#47423b",
    "800": "#312d27",
    "900": "#1b1916",
    "950": "#12110f",
}
SIGNAL = {
    "50": "#fff8ea",
    "100": "#ffeecb",
    "200": "#ffdf9c",
    "300": "#ffcb66",
    "400": "#ffb02e",
    "500": "#a66200",
    "600": "#8f5300",
    "700": "#774500",
    "800": "#5f3700",
    "900": "#472a00",
    "950": "#2c1a00",
}


def _item(title: str, icon: str, url: str) -> dict[str, Any]:
    """Return a link of the sidebar, shown to those who may follow it."""
    link = reverse_lazy(f"admin:{url}")
    may = url.removesuffix("_changelist").partition("_")
    permission = f"{may[0]}.view_{may[2]}" if url.endswith("_changelist") else ""
    shown = {"permission": lambda request: request.user.has_perm(permission)} if permission else {}
    return {"title": title, "icon": icon, "link": link, **shown}


def _is_mappings(request: HttpRequest) -> bool:
    """Tell whether the reader is among the mappings, and not on the page below them that has a link of its own."""
    return "/trackmapping/" in request.path and not request.path.endswith("/heard/")


LOGIN_REDIRECT_URL = "admin:index"
UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Longwave",
    "SITE_HEADER": "Longwave",
    "SITE_URL": "/",
    "SITE_ICON": {
        "light": lambda _request: static("admin-longwave/mark-on-paper.svg"),
        "dark": lambda _request: static("admin-longwave/mark-at-night.svg"),
    },
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda _request: static("longwave/favicon.svg")},
    ],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "6px",
    "COLORS": {"base": GREYS, "primary": SIGNAL},
    "DASHBOARD_CALLBACK": "streaming.console.views.start_page",
    "STYLES": [
        lambda _request: static("longwave/tokens.css"),
        lambda _request: static("admin-longwave/console.css"),
    ],
    "SCRIPTS": [lambda _request: static("admin-longwave/console.js")],
    "SIDEBAR": {
        "show_search": False,
        "command_search": True,
        "show_all_applications": False,
        "navigation": [
            {
                "title": "On air",
                "items": [
                    _item("Overview", "sensors", "index"),
                    _item("Stations", "radio", "streaming_station_changelist"),
                    _item("Presenters", "podium", "streaming_presenterkey_changelist"),
                    _item("Encoders", "memory", "streaming_encoder_changelist"),
                    _item("Nodes", "dns", "streaming_node_changelist"),
                    _item("Alerts", "notifications", "streaming_alert_changelist"),
                    _item("Alert channels", "campaign", "streaming_alertchannel_changelist"),
                ],
            },
            {
                "title": "Pictures",
                "separator": True,
                "items": [
                    _item("Loops", "movie", "catalog_loop_changelist"),
                    _item("Licences", "license", "catalog_licence_changelist"),
                    _item("Renditions", "video_settings", "catalog_rendition_changelist"),
                    {**_item("Mappings", "link", "streaming_trackmapping_changelist"), "active": _is_mappings},
                    _item("Heard without a loop", "hearing", "streaming_trackmapping_heard"),
                    _item("Cues", "slideshow", "streaming_cue_changelist"),
                    _item("Titles", "title", "streaming_titledesign_changelist"),
                ],
            },
            {
                "title": "Sound",
                "separator": True,
                "items": [
                    _item("Tracks", "music_note", "catalog_track_changelist"),
                    _item("Track changes", "swap_horiz", "streaming_trackchange_changelist"),
                ],
            },
            {
                "title": "Delivery",
                "separator": True,
                "items": [
                    _item("Destinations", "cell_tower", "streaming_destination_changelist"),
                    _item("Recordings", "videocam", "streaming_recording_changelist"),
                    _item("Platform plans", "live_tv", "streaming_platformplan_changelist"),
                    _item("Platform channels", "smart_display", "streaming_platformaccount_changelist"),
                ],
            },
            {
                "title": "As run",
                "separator": True,
                "items": [
                    _item("Play history", "history", "streaming_airing_changelist"),
                    _item("Sound steps", "alt_route", "streaming_soundstep_changelist"),
                    _item("Takeovers", "present_to_all", "streaming_takeover_changelist"),
                    _item("Errors", "error", "streaming_errorentry_changelist"),
                    _item("Encoder runs", "timeline", "streaming_encoderrun_changelist"),
                ],
            },
            {
                "title": "People",
                "separator": True,
                "items": [
                    _item("People", "group", "accounts_user_changelist"),
                    _item("Groups", "groups", "auth_group_changelist"),
                    {"title": "Who may do what", "icon": "rule", "link": reverse_lazy("who-may-what")},
                    _item("API keys", "key", "accounts_apikey_changelist"),
                    _item("Changes", "edit_note", "accounts_change_changelist"),
                    _item("Security events", "policy", "accounts_securityevent_changelist"),
                ],
            },
        ],
    },
}
