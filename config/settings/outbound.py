"""What Longwave may call on its own: radios' streams and now-playing pages."""

from __future__ import annotations

from config import env

# 0: addresses of this machine and of private networks are refused, for installations that serve strangers.
OUTBOUND_PRIVATE = env.flag("OUTBOUND_PRIVATE", default=True)
