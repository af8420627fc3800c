"""Codes that are typed as a second factor: an app's (RFC 6238) and recovery codes. Each is good for one use.

The last step whose code was used is kept with the app's secret, in the database: allauth keeps used codes in Redis for
one step, which is shorter than a code is good for with a tolerance, and nobody came in while Redis was away.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, cast

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.db import transaction

if TYPE_CHECKING:
    from accounts.people.models import User

LAST_STEP = "last_step"


@transaction.atomic
def use(*, person: User, code: str) -> Authenticator | None:
    """Use up a code; return what it belongs to, None if it is not right or was used before.

    The rows are locked, so that of two tries with one code at once one fails.
    """
    typed = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
    for row in Authenticator.objects.select_for_update().filter(user_id=person.pk, type__in=typed).order_by("-type"):
        is_right = _use_app(row, code) if row.type == Authenticator.Type.TOTP else row.wrap().validate_code(code)
        if is_right:
            row.refresh_from_db()
            return cast("Authenticator", row)
    return None


def _use_app(row: Authenticator, code: str) -> bool:
    secret = get_adapter().decrypt(row.data["secret"])
    step = _step_of(secret, code)
    if step is None or step <= row.data.get(LAST_STEP, 0):
        return False
    row.data[LAST_STEP] = step
    row.save(update_fields=["data"])
    return True


def _step_of(secret: str, code: str) -> int | None:
    """Return the step whose code this is, among those that are good now; every one is compared, whichever it is."""
    typed = normalize_user_code(code).encode()
    good = [
        step
        for step in yield_hotp_counters_from_time()
        if hmac.compare_digest(format_hotp_value(hotp_value(secret, step)).encode(), typed)
    ]
    return good[0] if good else None
