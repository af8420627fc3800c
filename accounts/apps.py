"""Django's entry to this floor."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The accounts floor."""

    name = "accounts"
