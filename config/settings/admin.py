"""The operator's console (django-unfold)."""

from __future__ import annotations

UNFOLD = {
    "SITE_TITLE": "Longwave",
    "SITE_HEADER": "Longwave",
    "SITE_SYMBOL": "graphic_eq",
    "SHOW_HISTORY": True,
}
