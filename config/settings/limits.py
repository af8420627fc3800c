"""How often anything may be tried, and what is told to whom who tries too often."""

from __future__ import annotations
