"""The doors of the console: each table's screens, and what stands beside them."""

from __future__ import annotations

from typing import NamedTuple

from tests.security.doors import ADMIN, CONSOLE, EVERYBODY, HOUSE, NOBODY, RUN, Door, one

Who = frozenset[str]


class Screen(NamedTuple):
    """Who may see a table's rows, add, change and delete them. A role that holds at one station sees its rows."""

    see: Who
    add: Who = NOBODY
    change: Who = NOBODY
    delete: Who = NOBODY


SENT = HOUSE | {"editor"}
"""Who may change a loop that the editor sent: the editor, and who may change all."""

SCREENS: dict[str, Screen] = {
    "accounts/apikey": Screen(ADMIN),
    "accounts/change": Screen(ADMIN),
    "accounts/securityevent": Screen(ADMIN),
    "accounts/user": Screen(HOUSE, add=ADMIN, change=ADMIN, delete=ADMIN),
    "auth/group": Screen(ADMIN, add=ADMIN),  # those of the table cannot be changed by hand
    "catalog/licence": Screen(CONSOLE, add=HOUSE, change=HOUSE, delete=HOUSE),
    "catalog/track": Screen(CONSOLE, add=CONSOLE, change=SENT, delete=SENT),
    "catalog/loop": Screen(CONSOLE, add=CONSOLE, change=SENT, delete=NOBODY),  # it is shown somewhere: it stays
    "catalog/rendition": Screen(CONSOLE),
    "catalog/encodingprofile": Screen(CONSOLE),
    "streaming/alert": Screen(RUN),
    "streaming/alertchannel": Screen(HOUSE, add=HOUSE, change=HOUSE, delete=HOUSE),
    "streaming/airing": Screen(CONSOLE),
    "streaming/errorentry": Screen(RUN),
    "streaming/soundstep": Screen(RUN),
    "streaming/trackmapping": Screen(CONSOLE, add=CONSOLE, change=CONSOLE, delete=CONSOLE),
    "streaming/cue": Screen(CONSOLE),
    "streaming/presenterkey": Screen(RUN, add=RUN),
    "streaming/takeover": Screen(RUN),
    "streaming/node": Screen(HOUSE, change=HOUSE),
    "streaming/encoder": Screen(RUN),
    "streaming/encoderrun": Screen(RUN),
    "streaming/recording": Screen(RUN),
    "streaming/destination": Screen(RUN, add=RUN, change=RUN, delete=RUN),
    "streaming/platformaccount": Screen(RUN),
    "streaming/platformplan": Screen(RUN, add=RUN, change=RUN, delete=RUN),
    "streaming/trackchange": Screen(CONSOLE),
    "streaming/station": Screen(CONSOLE, add=HOUSE, change=RUN, delete=NOBODY),  # it was on air: it stays
    "streaming/titledesign": Screen(CONSOLE, change=CONSOLE),
    # Tables of the libraries: nobody's but a superuser's.
    "django_celery_beat/periodictask": Screen(NOBODY),
    "django_celery_beat/clockedschedule": Screen(NOBODY),
    "django_celery_beat/crontabschedule": Screen(NOBODY),
    "django_celery_beat/solarschedule": Screen(NOBODY),
    "django_celery_beat/intervalschedule": Screen(NOBODY),
}
ROW = "<path:object_id>"
EDIT, DO, SHOW, ROOT = one(CONSOLE), one(RUN), one(HOUSE), one(ADMIN)

BESIDE: dict[str, Door] = {
    "": EDIT,
    "login/": Door(EVERYBODY, proof=True),
    "logout/": Door(EVERYBODY, proof=True),
    "password_change/": Door(CONSOLE, proof=True),
    "password_change/done/": EDIT,
    "jsi18n/": EDIT,
    "search/": EDIT,
    "autocomplete/": Door(CONSOLE, proof=True),  # it wants to know what for
    "r/<path:content_type_id>/<path:object_id>/": Door(CONSOLE, proof=True),  # no table has such a page
    "(?P<url>.*)$": Door(CONSOLE, proof=True),  # not found
    "permissions/": EDIT,
    "accounts/change/export.<slug:form>": ROOT,
    "accounts/securityevent/export.<slug:form>": ROOT,
    f"accounts/apikey/{ROW}/revoke/": ROOT,
    "accounts/user/<uuid:person>/picture/": one(HOUSE, empty=True),
    "accounts/user/<id>/password/": ROOT,
    f"accounts/user/{ROW}/sign_out/": ROOT,
    f"accounts/user/{ROW}/without_factor/": ROOT,
    f"accounts/user/{ROW}/without_phone/": ROOT,
    f"accounts/user/{ROW}/close/": ROOT,
    f"accounts/user/{ROW}/reopen/": ROOT,
    "catalog/licence/overview.<slug:form>": EDIT,
    "catalog/licence/<uuid:licence>/proof/": one(CONSOLE, empty=True),
    "catalog/track/<uuid:track>/sound/": one(CONSOLE, empty=True),
    "catalog/loop/cells/": EDIT,
    "catalog/loop/<uuid:loop>/thumbnail/": one(CONSOLE, empty=True),
    "catalog/rendition/cells/": EDIT,
    "catalog/rendition/<uuid:rendition>/video/": EDIT,
    f"catalog/rendition/{ROW}/retry/": EDIT,
    f"streaming/alertchannel/{ROW}/try_out/": SHOW,
    "streaming/trackmapping/heard/": EDIT,
    "streaming/trackmapping/process_import/": EDIT,
    "streaming/trackmapping/import/": EDIT,
    "streaming/trackmapping/export/": EDIT,
    f"streaming/presenterkey/{ROW}/revoke/": DO,
    f"streaming/takeover/{ROW}/end/": DO,
    f"streaming/node/{ROW}/drain/": SHOW,
    f"streaming/node/{ROW}/resume/": SHOW,
    f"streaming/node/{ROW}/gone/": SHOW,
    "streaming/node/balance/": SHOW,
    f"streaming/encoder/{ROW}/hand_over/": SHOW,
    f"streaming/encoder/{ROW}/stay/": SHOW,
    "streaming/recording/<uuid:recording>/file/": one(RUN, empty=True),
    f"streaming/recording/{ROW}/remove/": DO,
    "streaming/destination/cells/": DO,
    **{f"streaming/destination/{ROW}/{verb}/": DO for verb in ("test", "pause", "resume", "renew")},
    "streaming/platformaccount/connect/": Door(HOUSE, proof=True),  # it wants to know where
    "streaming/platformaccount/connect/<uuid:login>/": SHOW,
    "streaming/platformaccount/connect/<uuid:login>/now/": SHOW,
    f"streaming/platformaccount/{ROW}/disconnect/": SHOW,
    "streaming/station/now/": EDIT,
    "streaming/station/cells/": EDIT,
    "streaming/station/<uuid:station>/sync/now/": EDIT,
    **{
        f"streaming/station/{ROW}/{verb}/": DO
        for verb in ("start", "stop", "restart", "test_source", "end_takeover", "new_secret")
    },
    f"streaming/station/{ROW}/show_loop/": EDIT,
    f"streaming/station/{ROW}/release/": EDIT,
    "streaming/titledesign/<uuid:station>/preview.png": Door(CONSOLE),
}
APPS = "^(?P<app_label>django_celery_beat|accounts|auth|catalog|streaming)/$"


def _console() -> dict[str, dict[str, Door]]:
    found: dict[str, dict[str, Door]] = {f"admin/{path}": {"get": door, "post": door} for path, door in BESIDE.items()}
    found[f"admin/{APPS}"] = {"get": Door(CONSOLE, proof=True), "post": Door(CONSOLE, proof=True)}
    found["admin/streaming/station/<uuid:station>/sync/"] = {"get": EDIT, "post": DO}
    for name, screen in SCREENS.items():
        see, add = one(screen.see), one(screen.add)
        base = f"admin/{name}/"
        found |= {
            base: {"get": see, "post": see},
            f"{base}add/": {"get": add, "post": add},
            f"{base}{ROW}/history/": {"get": see, "post": see},
            f"{base}{ROW}/delete/": {"get": one(screen.delete), "post": one(screen.delete)},
            f"{base}{ROW}/change/": {"get": see, "post": one(screen.change)},
            f"{base}{ROW}/": {"get": Door(CONSOLE), "post": Door(CONSOLE)},  # leads to the page above
        }
    return found


CONSOLE_DOORS = _console()
