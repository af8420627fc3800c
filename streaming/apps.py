"""Django's entry to this floor."""

from django.apps import AppConfig


class StreamingConfig(AppConfig):
    """The streaming floor."""

    name = "streaming"
