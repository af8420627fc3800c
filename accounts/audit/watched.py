"""Tables of Django's and allauth's whose changes are written down: proxies, because triggers hang on models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group

from accounts.audit.watching import watch
from accounts.people.models import User

if TYPE_CHECKING:
    from django.db.models import Model as GroupMay
    from django.db.models import Model as PersonInGroup
    from django.db.models import Model as PersonMay
else:
    PersonInGroup, PersonMay = User.groups.through, User.user_permissions.through
    GroupMay = Group.permissions.through


class PersonGroup(PersonInGroup):
    """A person's group."""

    class Meta:
        """Found with the person."""

        proxy = True
        verbose_name = "group of a person"
        default_permissions: ClassVar[tuple[str, ...]] = ()
        triggers: ClassVar[list[Any]] = watch(key="user_id")


class PersonPermission(PersonMay):
    """A permission that a person has directly."""

    class Meta:
        """Found with the person."""

        proxy = True
        verbose_name = "permission of a person"
        default_permissions: ClassVar[tuple[str, ...]] = ()
        triggers: ClassVar[list[Any]] = watch(key="user_id")


class WatchedGroup(Group):
    """A group."""

    class Meta:
        """By name."""

        proxy = True
        verbose_name = "group"
        default_permissions: ClassVar[tuple[str, ...]] = ()
        triggers: ClassVar[list[Any]] = watch(named="name")


class GroupPermission(GroupMay):
    """A permission of a group."""

    class Meta:
        """Found with the group."""

        proxy = True
        verbose_name = "permission of a group"
        default_permissions: ClassVar[tuple[str, ...]] = ()
        triggers: ClassVar[list[Any]] = watch(key="group_id")


class SecondFactor(Authenticator):  # type: ignore[misc]  # allauth ships no types
    """A second factor; its secret is hidden."""

    class Meta:
        """Found with the person."""

        proxy = True
        verbose_name = "second factor"
        default_permissions: ClassVar[tuple[str, ...]] = ()
        triggers: ClassVar[list[Any]] = watch(
            key="user_id",
            named="type",
            hidden=("data",),
            ignored=("last_used_at",),
            moving={"data": ("last_step", "used_mask")},  # a used code: its sign-in has a row
        )


class PersonAddress(EmailAddress):  # type: ignore[misc]  # the same
    """An e-mail address and whether it is confirmed."""

    class Meta:
        """Found with the person."""

        proxy = True
        verbose_name = "e-mail address"
        default_permissions: ClassVar[tuple[str, ...]] = ()
        triggers: ClassVar[list[Any]] = watch(key="user_id", named="email")
