"""What Longwave may call on its own: radios' streams and now-playing pages, covers, alerts."""

from __future__ import annotations

from config import env

# 0: addresses of this machine and of private networks are refused, for installations that serve strangers.
OUTBOUND_PRIVATE = env.flag("OUTBOUND_PRIVATE", default=True)
# Ports that such addresses may name; those of databases, mail and chat are refused whatever stands here.
OUTBOUND_PORTS = env.ranges("OUTBOUND_PORTS", "80,443,1024-65535", least=1, most=65535)
