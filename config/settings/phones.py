"""Who sends codes by text message; nobody, unless it is said."""

from __future__ import annotations

from config import env
from config.platforms import base_url

SMS_PROVIDERS = ("", "console", "msg91")
SMS_PROVIDER = env.text("SMS_PROVIDER").lower()
if SMS_PROVIDER not in SMS_PROVIDERS:
    message = f"SMS_PROVIDER must be console, msg91 or empty, not {SMS_PROVIDER!r}."
    raise env.EnvironmentValueError(message)

MSG91_AUTH_KEY = env.text("MSG91_AUTH_KEY")
MSG91_TEMPLATE_ID = env.text("MSG91_TEMPLATE_ID")
MSG91_SENDER = env.text("MSG91_SENDER")
MSG91_URL = base_url("MSG91_URL", env.text("MSG91_URL", "https://control.msg91.com/api/v5"))
if SMS_PROVIDER == "msg91" and not (MSG91_AUTH_KEY and MSG91_TEMPLATE_ID):
    message = "SMS_PROVIDER=msg91 needs MSG91_AUTH_KEY and MSG91_TEMPLATE_ID: both are in MSG91's panel."
    raise env.EnvironmentValueError(message)
