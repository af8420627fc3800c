"""Presenters' live streams: off until INGEST_URL is set (docs/ingest.md)."""

from __future__ import annotations

from config import ingest
from config.settings.core import SECRET_KEY

INGEST = ingest.read(SECRET_KEY)
