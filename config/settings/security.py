"""What browsers are told, cookies, other sites' pages, and which secrets are too weak to start with."""

from __future__ import annotations
