"""Gives the suite a PostgreSQL and a Valkey of its own unless DATABASE_URL and REDIS_URL name some."""

from __future__ import annotations

pytest_plugins = ["tests.plugins.peers"]
