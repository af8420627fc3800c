"""What the environment says of the relay; the wiring has it (``settings.RELAY``)."""

from __future__ import annotations

from typing import Protocol


class Plan(Protocol):
    """The relay's addresses."""

    @property
    def url(self) -> str:
        """Where encoders publish; empty: there is no relay."""

    @property
    def stat_url(self) -> str:
        """Its statistics, as we reach them."""

    @property
    def host(self) -> str:
        """The address it listens on."""

    @property
    def port(self) -> int:
        """The port encoders publish to."""

    @property
    def application(self) -> str:
        """The path encoders publish to."""

    @property
    def http_port(self) -> int:
        """The port of ``/health`` and ``/stat``."""

    @property
    def publish_from(self) -> tuple[str, ...]:
        """Who may publish."""

    @property
    def stat_from(self) -> tuple[str, ...]:
        """Who may read the statistics."""

    @property
    def callback_url(self) -> str:
        """The web process, as the relay reaches it."""

    @property
    def callback_host(self) -> str:
        """A host name the web process answers to."""

    @property
    def secret(self) -> str:
        """What proves to the web process that the relay calls."""
