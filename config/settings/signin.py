"""How people come in: pages, second factors, phones, sessions, passwords."""

from __future__ import annotations

from typing import Any

ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
USERSESSIONS_TRACK_ACTIVITY = True
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
