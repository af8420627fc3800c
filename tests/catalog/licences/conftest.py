"""The storage of the pictures' tests, here too."""

from __future__ import annotations

from tests.catalog.conftest import places

__all__ = ["places"]
