"""Django's entry to this floor."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    """The accounts floor."""

    name = "accounts"

    def ready(self) -> None:
        """Keep the groups in step with the table of who may what, and have changes written down with their doer."""
        from accounts.audit import wire  # noqa: PLC0415 - models cannot be imported before this
        from accounts.people.groups import fill_groups  # noqa: PLC0415 - models cannot be imported before this
        from accounts.signin import heard  # noqa: PLC0415 - models cannot be imported before this

        post_migrate.connect(fill_groups, dispatch_uid="accounts.fill_groups")
        wire.listen()
        heard.listen()
