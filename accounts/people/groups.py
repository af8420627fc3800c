"""The three groups, filled from the table of who may what after each migration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group, Permission

from accounts.people.matrix import GROUPS, known_permissions, permissions_of

if TYPE_CHECKING:
    from django.apps import AppConfig


def fill_groups(sender: AppConfig, using: str, **_: Any) -> None:
    """Give the groups exactly what the table says of one app (receiver of ``post_migrate``, which comes per app).

    Django has made the app's permissions by then. Groups that somebody made by hand are left alone.
    """
    if not any(name.startswith(f"{sender.label}.") for name in known_permissions()):
        return
    there = Permission.objects.using(using).filter(content_type__app_label=sender.label)
    by_name = {f"{sender.label}.{codename}": pk for pk, codename in there.values_list("pk", "codename")}
    for role in GROUPS:
        group, _made = Group.objects.using(using).get_or_create(name=role.value)
        wanted = {by_name[name] for name in permissions_of(role) if name in by_name}
        has = set(group.permissions.filter(pk__in=by_name.values()).values_list("pk", flat=True))
        group.permissions.add(*(wanted - has))
        group.permissions.remove(*(has - wanted))
