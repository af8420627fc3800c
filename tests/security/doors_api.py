"""The doors of the API and of callbacks: path, method, who is let in."""

from __future__ import annotations

from tests.security.doors import CONSOLE, EVERYBODY, HOUSE, PRESENT, PROOF, RUN, SIGNED_IN, Door, one

ALL, SIGNED = one(EVERYBODY), one(SIGNED_IN)
V1, AT = "api/v1/", "api/v1/stations/<slug:slug>/"
EDIT, DO, SHOW = one(CONSOLE), one(RUN), one(HOUSE)

STATIONS: dict[str, dict[str, Door]] = {
    f"{V1}stations/": {"get": ALL, "post": SHOW},
    AT: {"get": ALL, "patch": DO},
    f"{AT}now-playing/": {"get": ALL},
    f"{AT}history/": {"get": ALL},
    f"{AT}members/": {"get": DO, "post": SHOW},
    f"{AT}members/<int:pk>/": {"delete": SHOW},
    f"{AT}webhook-secret/": {"post": DO},
    f"{AT}mappings/": {"get": EDIT, "post": EDIT, "patch": EDIT},
    f"{AT}mappings/<int:pk>/": {"get": EDIT, "patch": EDIT, "delete": EDIT},
    f"{AT}destinations/": {"get": DO, "post": DO},
    f"{AT}destinations/<uuid:pk>/": {"get": DO, "patch": DO, "delete": DO},
    f"{AT}destinations/<uuid:pk>/trial/": {"post": DO},
    f"{AT}destinations/<uuid:pk>/renewal/": {"post": DO},
    f"{AT}recordings/": {"get": DO},
    f"{AT}recordings/<uuid:pk>/": {"get": DO, "delete": DO},
    f"{AT}recordings/<uuid:pk>/file/": {"get": one(RUN, empty=True)},
    f"{AT}platforms/": {"get": DO},
    f"{AT}presenter-keys/": {"get": one(PRESENT), "post": DO},
    f"{AT}presenter-keys/<uuid:pk>/": {"delete": DO},
    f"{AT}handover/": {"post": SHOW},
}
HOUSE_WIDE: dict[str, dict[str, Door]] = {
    f"{V1}platform-accounts/": {"get": DO},
    f"{V1}alerts/": {"get": DO},
    f"{V1}nodes/": {"get": SHOW},
    f"{V1}nodes/<str:name>/": {"get": SHOW, "patch": SHOW},
    f"{V1}loops/": {"get": EDIT, "post": EDIT},
    f"{V1}loops/<uuid:pk>/": {"get": EDIT},
    f"{V1}loops/<uuid:pk>/licence/": {"put": one(HOUSE | {"editor"})},
    f"{V1}tracks/<uuid:pk>/licence/": {"put": one(HOUSE | {"editor"})},
    f"{V1}licences/": {"get": EDIT, "post": SHOW},
    rf"{V1}^licences/overview\.(?P<form>csv|jsonl)$": {"get": EDIT},
    f"{V1}licences/<uuid:pk>/": {"get": EDIT, "patch": SHOW, "delete": SHOW},
    f"{V1}licences/<uuid:pk>/proof/": {"get": one(CONSOLE, empty=True), "put": SHOW},
}
OWN: dict[str, dict[str, Door]] = {
    f"{V1}me/": {"get": SIGNED, "patch": SIGNED, "delete": SIGNED},
    f"{V1}me/avatar/": {"get": one(SIGNED_IN, empty=True), "put": SIGNED, "delete": SIGNED},
    f"{V1}me/export/": {"get": SIGNED},
    f"{V1}api-keys/": {"get": SIGNED, "post": SIGNED},
    f"{V1}api-keys/<uuid:pk>/": {"get": one(frozenset({"stranger"})), "delete": one(frozenset({"stranger"}))},
    f"{V1}api-keys/<uuid:pk>/rotation/": {"post": one(frozenset({"stranger"}))},
    f"{V1}auth/password/": {"post": SIGNED},
    f"{V1}auth/email/": {"get": SIGNED, "post": SIGNED},
    f"{V1}auth/sessions/": {"get": SIGNED, "delete": SIGNED},
    f"{V1}auth/sessions/<slug:session>/": {"delete": one(SIGNED_IN, empty=True)},
    f"{V1}auth/second-factor/": {"get": SIGNED},
    f"{V1}auth/token/families/": {"get": SIGNED, "delete": SIGNED},
    f"{V1}auth/token/families/<uuid:pk>/": {"delete": one(SIGNED_IN, empty=True)},
    f"{V1}auth/tickets/": {"post": SIGNED},
    f"{V1}auth/phone/number/": {"post": SIGNED, "delete": SIGNED},
    f"{V1}auth/phone/number/code/": {"post": SIGNED},
}
COMING_IN: dict[str, dict[str, Door]] = {
    f"{V1}auth/register/": {"post": ALL},
    f"{V1}auth/register/confirm/": {"post": PROOF},
    f"{V1}auth/password/reset/": {"post": ALL},
    f"{V1}auth/password/reset/confirm/": {"post": PROOF},
    f"{V1}auth/token/": {"post": PROOF},
    f"{V1}auth/token/refresh/": {"post": PROOF},
    f"{V1}auth/token/end/": {"post": PROOF},
    f"{V1}auth/keys/": {"get": ALL},
    f"{V1}auth/phone/": {"post": PROOF},
    f"{V1}auth/phone/token/": {"post": PROOF},
}
ABOUT: dict[str, dict[str, Door]] = {
    "api/schema/": {"get": ALL},
    "api/docs/": {"get": ALL},
    "^api/": {"get": PROOF, "post": PROOF},
}
CALLBACKS: dict[str, dict[str, Door]] = {
    "^webhook/azuracast/?$": {"get": PROOF, "post": PROOF},
    "^webhook/azuracast/(?P<slug>[^/]+)/?$": {"get": PROOF, "post": PROOF},
    "ingest/publish": {"get": PROOF, "post": PROOF},
    "ingest/publish_done": {"get": PROOF, "post": PROOF},
    "relay/publish": {"get": PROOF, "post": PROOF},
    "relay/publish_done": {"get": PROOF, "post": PROOF},
}
API = {**STATIONS, **HOUSE_WIDE, **OWN, **COMING_IN, **ABOUT, **CALLBACKS}
