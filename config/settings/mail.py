"""How Longwave sends mail, and where other channels of alerts are reached."""

from __future__ import annotations

from config import env
from config.settings.core import PLACES

SECURITIES = ("starttls", "tls", "none")
_security = env.text("EMAIL_SECURITY", "starttls").lower()
if _security not in SECURITIES:
    message = f"EMAIL_SECURITY must be starttls, tls or none, not {_security!r}."
    raise env.EnvironmentValueError(message)

EMAIL_HOST = env.text("EMAIL_HOST")  # empty: alerts send no mail, and mails to people lie in the home's folder mail
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = str(PLACES.home / "mail")
EMAIL_PORT = env.integer("EMAIL_PORT", 465 if _security == "tls" else 587, least=1, most=65535)
EMAIL_HOST_USER = env.text("EMAIL_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_PASSWORD")
EMAIL_USE_TLS = _security == "starttls"
EMAIL_USE_SSL = _security == "tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "longwave@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_SUBJECT_PREFIX = "Longwave: "

# Telegram's Bot API, or a Bot API server of one's own.
TELEGRAM_URL = env.text("TELEGRAM_URL", "https://api.telegram.org").rstrip("/")
