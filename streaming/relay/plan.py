"""What the environment says of the relay; the wiring has it (``settings.RELAY``)."""

from __future__ import annotations

from typing import Protocol

from streaming.ingest.nginx import Listening


class Plan(Listening, Protocol):
    """The relay's addresses."""

    @property
    def url(self) -> str:
        """Where encoders publish; empty: there is no relay."""

    @property
    def stat_url(self) -> str:
        """Its statistics, as we reach them."""

    @property
    def http_port(self) -> int:
        """The port of ``/health`` and ``/stat``."""

    @property
    def publish_from(self) -> tuple[str, ...]:
        """Who may publish."""

    @property
    def stat_from(self) -> tuple[str, ...]:
        """Who may read the statistics."""
