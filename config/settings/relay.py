"""The relay between encoders and platforms: off until RELAY_URL is set (docs/relay.md)."""

from __future__ import annotations

from config import relay
from config.settings.core import SECRET_KEY

RELAY = relay.read(SECRET_KEY)
RELAY_URL = RELAY.url
