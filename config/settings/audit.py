"""What is written down about changes and sign-ins, and for how long."""

from __future__ import annotations

from config import env

AUDIT_KEEP_DAYS = env.integer("AUDIT_KEEP_DAYS", 400, least=7, most=3660)
