"""Who may do what: the one table. The groups, the console, the API and the page "Who may do what" all read it.

``admin``, ``manager`` and ``user`` are groups and hold everywhere; ``operator``, ``editor`` and ``presenter`` are roles
at a station and hold there alone. A permission that no row names is nobody's but a superuser's, who may everything.
What is somebody's own (a loop they sent, a key made for them) is narrowed further by ``streaming/stations/access.py``;
the last column says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class Role(StrEnum):
    """What a person can be."""

    ADMIN = "admin"
    MANAGER = "manager"
    OPERATOR = "operator"
    EDITOR = "editor"
    PRESENTER = "presenter"
    USER = "user"


GROUPS = (Role.ADMIN, Role.MANAGER, Role.USER)
STATION_ROLES = (Role.OPERATOR, Role.EDITOR, Role.PRESENTER)
CONSOLE_ROLES = (Role.ADMIN, Role.MANAGER, Role.OPERATOR, Role.EDITOR)
"""Who may open the console: granting one of these makes a person staff."""

ABOUT = {
    Role.ADMIN: "Everything, people and records of what was done included.",
    Role.MANAGER: "Every station, the catalogue, the machines, and who does what at which station.",
    Role.OPERATOR: "Runs one station: on and off air, its sources, pictures, destinations and presenters.",
    Role.EDITOR: "Chooses one station's pictures: loops, mappings, titles.",
    Role.PRESENTER: "Takes one station over live, and sees the keys made for them.",
    Role.USER: "Has an account; listens and watches.",
}

_A, _M, _O, _E, _P = Role.ADMIN, Role.MANAGER, Role.OPERATOR, Role.EDITOR, Role.PRESENTER


@dataclass(frozen=True)
class Row:
    """One line of the table: what it is, who may, under which names Django asks for it."""

    words: str
    roles: tuple[Role, ...]
    names: tuple[str, ...]
    limit: str = ""


def _every(model: str, *verbs: str) -> tuple[str, ...]:
    app, _, name = model.partition(".")
    return tuple(f"{app}.{verb}_{name}" for verb in verbs or ("view", "add", "change", "delete"))


TABLE: dict[str, tuple[Row, ...]] = {
    "On air": (
        Row("See a station", (_A, _M, _O, _E, _P), _every("streaming.station", "view")),
        Row("Start, stop and set up a station", (_A, _M, _O), _every("streaming.station", "change")),
        Row("Make and remove stations", (_A, _M), _every("streaming.station", "add", "delete")),
        Row(
            "Playlist, backups, emergency tracks",
            (_A, _M, _O),
            (
                *_every("streaming.playlistentry"),
                *_every("streaming.backupsource"),
                *_every("streaming.emergencyentry"),
            ),
        ),
        Row("See who does what at a station", (_A, _M, _O), _every("streaming.stationmember", "view")),
        Row("Give and take roles at a station", (_A, _M), _every("streaming.stationmember", "add", "change", "delete")),
        Row("See presenters' keys", (_A, _M, _O, _P), _every("streaming.presenterkey", "view"), "presenter: own"),
        Row("Make and revoke presenters' keys", (_A, _M, _O), _every("streaming.presenterkey", "add", "change")),
        Row("See takeovers", (_A, _M, _O, _P), _every("streaming.takeover", "view"), "presenter: own"),
        Row("End takeovers", (_A, _M, _O), _every("streaming.takeover", "change")),
        Row("Encoders and their runs", (_A, _M, _O), ("streaming.view_encoder", "streaming.view_encoderrun")),
        Row("Restart and reset encoders", (_A, _M, _O), _every("streaming.encoder", "change")),
        Row("Alerts", (_A, _M, _O), _every("streaming.alert", "view"), "operator: the station's"),
    ),
    "Pictures": (
        Row("See loops and renditions", (_A, _M, _O, _E), ("catalog.view_loop", "catalog.view_rendition")),
        Row("Send loops", (_A, _M, _O, _E), _every("catalog.loop", "add")),
        Row("Change loops", (_A, _M, _O, _E), _every("catalog.loop", "change"), "operator, editor: own"),
        Row("Remove loops", (_A, _M, _O, _E), _every("catalog.loop", "delete"), "operator, editor: own"),
        Row("Compile anew", (_A, _M, _O, _E), _every("catalog.rendition", "change")),
        Row("See licences", (_A, _M, _O, _E), _every("catalog.licence", "view")),
        Row("Write licences down", (_A, _M), _every("catalog.licence", "add", "change", "delete")),
        Row("See encoding profiles", (_A, _M, _O, _E), _every("catalog.encodingprofile", "view")),
        Row("Change encoding profiles", (_A,), _every("catalog.encodingprofile", "add", "change", "delete")),
        Row("Mappings", (_A, _M, _O, _E), _every("streaming.trackmapping")),
        Row("Show a loop now", (_A, _M, _O, _E), _every("streaming.cue", "view", "add")),
        Row("Titles", (_A, _M, _O, _E), _every("streaming.titledesign")),
    ),
    "Sound": (
        Row("See tracks", (_A, _M, _O, _E), _every("catalog.track", "view")),
        Row("Send tracks", (_A, _M, _O, _E), _every("catalog.track", "add")),
        Row("Change tracks", (_A, _M, _O, _E), _every("catalog.track", "change"), "operator, editor: own"),
        Row("Remove tracks", (_A, _M, _O, _E), _every("catalog.track", "delete"), "operator, editor: own"),
        Row("Track changes and what is up next", (_A, _M, _O, _E), ("streaming.view_trackchange",)),
    ),
    "Delivery": (
        Row("Destinations", (_A, _M, _O), _every("streaming.destination")),
        Row("Recordings", (_A, _M, _O), _every("streaming.recording", "view", "delete")),
        Row("Platform plans", (_A, _M, _O), _every("streaming.platformplan")),
        Row("See connected channels", (_A, _M, _O), _every("streaming.platformaccount", "view"), "operator: in use"),
        Row("Connect channels", (_A, _M), _every("streaming.platformaccount", "add", "change", "delete")),
    ),
    "As run": (
        Row("Play history", (_A, _M, _O, _E, _P), _every("streaming.airing", "view")),
        Row("Sound steps and errors", (_A, _M, _O), ("streaming.view_soundstep", "streaming.view_errorentry")),
    ),
    "House": (
        Row("See machines", (_A, _M), _every("streaming.node", "view")),
        Row("Drain machines, move stations between them", (_A, _M), _every("streaming.node", "change", "delete")),
        Row("Alert channels", (_A, _M), _every("streaming.alertchannel")),
        Row("What new stations start from", (_A,), _every("streaming.defaultconfig")),
    ),
    "People": (
        Row("See people", (_A, _M), _every("accounts.user", "view")),
        Row("Add, change and remove people", (_A,), _every("accounts.user", "add", "change", "delete")),
        Row("Groups", (_A,), _every("auth.group")),
        Row("See and revoke API keys", (_A,), _every("accounts.apikey", "view", "change", "delete"), "others: own"),
        Row("Changes and security events", (_A,), ("accounts.view_change", "accounts.view_securityevent")),
    ),
}


@cache
def permissions_of(role: Role) -> frozenset[str]:
    """Return a role's permission names, e.g. ``streaming.change_station``."""
    return frozenset(name for rows in TABLE.values() for row in rows if role in row.roles for name in row.names)


@cache
def station_roles_with(permission: str) -> tuple[Role, ...]:
    """Return the roles at a station that hold a permission there."""
    return tuple(role for role in STATION_ROLES if permission in permissions_of(role))


@cache
def known_permissions() -> frozenset[str]:
    """Return every name in the table."""
    return frozenset(name for rows in TABLE.values() for row in rows for name in row.names)
