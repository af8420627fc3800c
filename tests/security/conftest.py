"""Fixtures of the tests that are named after a control."""

from __future__ import annotations

from tests.catalog.conftest import places
from tests.security.cast import cast

__all__ = ["cast", "places"]
