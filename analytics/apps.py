"""Django's entry to this floor."""

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    """The analytics floor."""

    name = "analytics"
