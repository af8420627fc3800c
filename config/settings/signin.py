"""How people come in: pages, second factors, sessions, passwords."""

from __future__ import annotations

from typing import Any

from config import env

# 0: nobody can make an account of their own; people are added in the console or with `manage.py person add`.
REGISTRATION = env.flag("REGISTRATION", default=True)

LOGIN_URL = "account_login"
ACCOUNT_HOME = "/account/"
PASSWORD_RESET_TIMEOUT = 3600
ACCOUNT_ADAPTER = "accounts.signin.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 3
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True  # one address each; the new one takes its place when it is confirmed
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_SESSION_REMEMBER = True  # how long is said below, for everybody
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
_FORMS = "accounts.signin.forms"
ACCOUNT_FORMS = {
    "login": f"{_FORMS}.SignInForm",
    "signup": f"{_FORMS}.RegisterForm",
    "add_email": f"{_FORMS}.NewAddressForm",
    "change_password": f"{_FORMS}.NewPasswordForm",
    "set_password": f"{_FORMS}.FirstPasswordForm",
    "reset_password": f"{_FORMS}.ForgottenForm",
    "reset_password_from_key": f"{_FORMS}.ResetForm",
    "reauthenticate": f"{_FORMS}.PasswordAgainForm",
}

MFA_ADAPTER = "accounts.signin.mfa_adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody signs in before confirming; this lets people change their address later
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # clocks of phones are off by a few seconds
MFA_FORMS = {
    "authenticate": f"{_FORMS}.CodeForm",
    "reauthenticate": f"{_FORMS}.CodeAgainForm",
    "activate_totp": f"{_FORMS}.AppForm",
    "add_webauthn": f"{_FORMS}.PasskeyForm",
    "edit_webauthn": f"{_FORMS}.PasskeyNameForm",
}
USERSESSIONS_TRACK_ACTIVITY = False  # accounts.signin.middleware does, once a minute
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}

# A session ends when nothing came from it for so many minutes, and after so many hours in any case.
SESSION_IDLE_SECONDS = env.integer("SESSION_IDLE_MINUTES", 720, least=5, most=43_200) * 60
SESSION_COOKIE_AGE = env.integer("SESSION_HOURS", 336, least=1, most=8760) * 3600
SESSIONS_AT_ONCE = env.integer("SESSIONS_AT_ONCE", 10, least=1, most=100)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
