"""What is written down about changes and sign-ins, and for how long."""

from __future__ import annotations
