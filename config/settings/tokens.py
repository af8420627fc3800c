"""How programs come in: tokens, API keys, tickets of websockets."""

from __future__ import annotations
