"""Which columns of a channel are written by rounds and token refreshes, not by people."""

from __future__ import annotations

REPORTED = (
    "access_sealed",
    "refresh_sealed",
    "access_until",
    "problem",
    "problem_at",
    "waits_until",
    "failures",
    "health_due_at",
    "viewers_due_at",
    "validated_at",
    "claim",
    "claimed_until",
)
