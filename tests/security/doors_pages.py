"""The doors of pages: listeners' pages, health and figures, and everybody's own account."""

from __future__ import annotations

from tests.security.doors import EVERYBODY, PROOF, SIGNED_IN, Door, one

ALL, MINE, LOST = one(EVERYBODY), one(SIGNED_IN), one(SIGNED_IN, empty=True)
ONE = one(frozenset({"stranger"}))
"""Whose key it is."""


def page(get: Door, post: Door | None = None) -> dict[str, Door]:
    """Return a page's doors; without a word of it a POST is let in where a GET is."""
    return {"get": get, "post": post or get}


LISTENERS = {
    "": page(ALL),
    "stations/<slug:slug>/": page(ALL),
    "stations/<slug:slug>/pictures/<uuid:loop>": page(one(EVERYBODY, empty=True)),
    "hls/<slug:slug>/index.m3u8": page(one(EVERYBODY, empty=True)),
    "hls/<slug:slug>/<str:name>": page(one(EVERYBODY, empty=True)),
    # Figures and health tell no secret; a proxy in front shuts them off where that is wanted (docs/security.md).
    "health": page(ALL),
    "health/live": page(ALL),
    "health/ready": page(ALL),
    "metrics": page(ALL),
}
COMING_IN = {
    "account/login/": page(ALL),
    "account/logout/": page(ALL),
    "account/inactive/": page(ALL),
    "account/signup/": page(ALL),
    "account/confirm-email/": page(ALL),
    r"account/^confirm-email/(?P<key>[-:\w]+)/$": page(one(EVERYBODY, empty=True)),
    "account/password/reset/": page(ALL),
    "account/password/reset/done/": page(ALL),
    "account/password/reset/key/done/": page(ALL),
    "account/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": page(ALL),
    "account/login/code/confirm/": page(PROOF),
    "account/2fa/authenticate/": page(PROOF),
    "account/2fa/webauthn/login/": page(Door(EVERYBODY, proof=True)),
    "account/phone/": page(one(EVERYBODY, empty=True)),
    "account/phone/code/": page(PROOF),
}
OWN = {
    "account/": page(MINE),
    "account/picture/": page(LOST),
    "account/picture/remove/": page(MINE),
    "account/export/": page(MINE),
    "account/delete/": page(MINE),
    "account/sessions/": page(MINE),
    "account/email/": page(MINE),
    "account/password/change/": page(MINE),
    "account/password/set/": page(MINE),
    "account/phone/number/": page(LOST),
    "account/phone/number/code/": page(LOST),
    "account/phone/number/removed/": page(MINE),
    "account/keys/": page(MINE),
    "account/keys/<uuid:pk>/replace/": page(ONE),
    "account/keys/<uuid:pk>/revoke/": page(ONE),
    "account/keys/programs/<uuid:pk>/end/": page(LOST),
}
# These ask signed-in people for a password or a code again before they go on; to be sent there looks like a refusal.
AGAIN_ASKED = Door(SIGNED_IN, proof=True)
AGAIN = {
    "account/reauthenticate/": page(AGAIN_ASKED),
    "account/2fa/": page(AGAIN_ASKED),
    "account/2fa/wanted/": page(AGAIN_ASKED),
    "account/2fa/reauthenticate/": page(AGAIN_ASKED),
    "account/2fa/totp/activate/": page(AGAIN_ASKED),
    "account/2fa/totp/deactivate/": page(AGAIN_ASKED),
    "account/2fa/recovery-codes/": page(AGAIN_ASKED),
    "account/2fa/recovery-codes/generate/": page(AGAIN_ASKED),
    "account/2fa/recovery-codes/download/": page(AGAIN_ASKED),
    "account/2fa/webauthn/": page(AGAIN_ASKED),
    "account/2fa/webauthn/add/": page(AGAIN_ASKED),
    "account/2fa/webauthn/reauthenticate/": page(AGAIN_ASKED),
    "account/2fa/webauthn/keys/<int:pk>/remove/": page(AGAIN_ASKED),
    "account/2fa/webauthn/keys/<int:pk>/edit/": page(AGAIN_ASKED),
}
PAGES = {**LISTENERS, **COMING_IN, **OWN, **AGAIN}
