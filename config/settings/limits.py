"""How often anything may be tried: so many times in any so many seconds (config/lib/limits.py counts).

Who is over a limit is answered with 429 and ``Retry-After``. An *address* is the one that our own proxies report, for
IPv6 the /64; a *login* is what was typed, whether anybody has it or not.
"""

from __future__ import annotations

from typing import Any

from config import env

_TRIES = env.integer("SIGNIN_TRIES", 5, least=1, most=100)
_LOCK = env.integer("SIGNIN_LOCK_SECONDS", 300, least=10, most=86_400)
_CODES = env.integer("PHONE_CODES_A_DAY", 1000, least=1, most=1_000_000)

MINUTE, HOUR, DAY = 60, 3600, 86_400
LIMITS: dict[str, tuple[int, int]] = {
    # Passwords, wherever they are typed. A right one clears the first and is given back to the others.
    "signin.login_at_address": (_TRIES, _LOCK),
    "signin.address": (30, 5 * MINUTE),
    "signin.login": (100, HOUR),  # one address alone cannot reach it, so it cannot lock anybody out for good
    # Codes of apps, recovery codes, passkeys.
    "signin.second_factor": (_TRIES, _LOCK),
    "signin.second_factor_daily": (50, DAY),
    # Every form and every call that has to do with accounts, and some of them more strictly.
    "account.address": (120, MINUTE),
    "account.person": (60, MINUTE),
    "account.sign_up": (20, HOUR),
    "account.reset_address": (20, HOUR),
    "account.reset_mail": (5, HOUR),
    "account.mail": (10, HOUR),
    "account.prove": (10, 5 * MINUTE),
    "account.link": (60, HOUR),
    # Codes by text message: they cost money, and they are short.
    "phone.number_at_once": (1, 30),
    "phone.number": (5, DAY),
    "phone.address": (20, DAY),
    "phone.all": (_CODES, DAY),
    "phone.tries": (20, DAY),
    "phone.tries_address": (60, HOUR),
    # The API, and callers that keep sending what is refused.
    "api.address": (120, MINUTE),
    "api.account": (1200, MINUTE),
    "refused.address": (60, MINUTE),
    "webhook.refused": (30, MINUTE),
}
# Ours stand before all of these: allauth's own counts fail with Redis, and answer 200.
ACCOUNT_RATE_LIMITS: dict[str, Any] | bool = False
