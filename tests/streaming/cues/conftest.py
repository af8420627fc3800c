"""The storage and the messages of the pictures' tests, here too."""

from __future__ import annotations

from tests.catalog.conftest import places, sent, small

__all__ = ["places", "sent", "small"]
