"""Our side of allauth's pages about second factors: how secrets are kept, and what an app shows."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from config.lib import vault

if TYPE_CHECKING:
    from accounts.people.models import User

SEALED = "sealed:"
NO_NAME = "localhost"
PURPOSE = "accounts.signin.second_factor"


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Asked by allauth wherever a site decides."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "cannot_generate_recovery_codes": _("Set up an app or a passkey first: recovery codes stand in for one."),
        "incorrect_code": _("This code is not right, or not any more. Enter the one that is shown now."),
    }

    def encrypt(self, text: str) -> str:
        """Seal what proves a second factor, under a key that is not in the database."""
        return SEALED + base64.b64encode(vault.seal(text, purpose=PURPOSE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Read it back."""
        return vault.unseal(base64.b64decode(encrypted_text.removeprefix(SEALED)), purpose=PURPOSE)

    def get_totp_issuer(self) -> str:
        """Return what an app shows above the code."""
        return f"Longwave {_host()}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Bind passkeys to the name that people type, whatever host a request says."""
        return {"id": _host(), "name": "Longwave"}

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's name
        """Suggest a name."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return f"Passkey {count + 1}"


def _host() -> str:
    """Return the site's name; this machine's own number is called by its name: passkeys belong to names alone."""
    host = urlsplit(settings.SITE_URL).hostname or NO_NAME
    return NO_NAME if host in {"127.0.0.1", "::1"} else host
