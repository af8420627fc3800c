"""The wiring as a Django app: it owns the commands that know every floor."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The wiring."""

    name = "config"
    verbose_name = "Longwave"

    def ready(self) -> None:
        """Load the Celery application, so that every process's tasks go to our broker."""
        from config import celery  # noqa: F401, PLC0415 - apps must be loaded first
