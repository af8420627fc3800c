"""Who is admin, manager or user; and that somebody always runs the installation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q

from accounts.audit.services import note
from accounts.people.errors import LastAdminError
from accounts.people.matrix import CONSOLE_ROLES, GROUPS, Role
from accounts.people.models import User

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

RUNS_IT = Q(is_active=True) & (Q(is_superuser=True) | Q(groups__name=Role.ADMIN.value))


def role_of(person: User) -> Role:
    """Return the highest of a person's roles that hold everywhere; whoever may everything is an admin."""
    if person.is_superuser:
        return Role.ADMIN
    names = {group.name for group in person.groups.all()}
    return next((role for role in GROUPS if role.value in names), Role.USER)


@transaction.atomic
def set_role(*, person: User, role: Role, by: User | None = None, request: HttpRequest | None = None) -> User:
    """Make somebody admin, manager or user; station roles and groups made by hand stay as they are.

    Raises:
        LastAdminError: nobody else could run the installation.

    """
    before = role_of(person)
    if before == role and person.groups.filter(name=role.value).exists():
        return person
    if role is not Role.ADMIN:
        keep_an_admin(without=person)
    _join(person, role)
    person.is_superuser = person.is_superuser and role is Role.ADMIN
    person.is_staff = role in CONSOLE_ROLES or _works_at_a_station(person)
    person.save(update_fields=["is_staff", "is_superuser"])
    if before != role:
        _tell(person, before, role, by, request)
    return person


def keep_an_admin(*, without: User) -> None:
    """Lock the admins and see that somebody is left when this person no longer is one.

    Raises:
        LastAdminError: nobody would be.

    """
    admins = admins_locked()
    if without.pk in admins and len(admins) == 1:
        raise LastAdminError(
            f"{without.email} is the last administrator. Make somebody else one first: nobody could run Longwave.",
        )


def admins_locked() -> set[object]:
    """Return the ids of those who run the installation, locked until the transaction ends."""
    found = User.objects.filter(pk__in=_admins().values("pk")).order_by("pk").select_for_update()
    return {person.pk for person in found}


def is_last_admin(person: User) -> bool:
    """Tell whether nobody else runs the installation, for a page that says so beforehand."""
    return person.pk in set(_admins().values_list("pk", flat=True)) and not _admins().exclude(pk=person.pk).exists()


def _admins() -> QuerySet[User]:
    return User.objects.filter(RUNS_IT).distinct()


def _join(person: User, role: Role) -> None:
    group, _ = Group.objects.get_or_create(name=role.value)
    person.groups.remove(*person.groups.filter(name__in=[other.value for other in GROUPS if other is not role]))
    person.groups.add(group)


def at_stations(person: User) -> QuerySet[Any]:
    """Return the person's roles at single stations, whose tables lie floors above."""
    held: QuerySet[Any] = person.station_roles.select_related("station")
    return held


def _works_at_a_station(person: User) -> bool:
    """Tell whether a station's role lets the person into the console."""
    return at_stations(person).filter(role__in=[role.value for role in CONSOLE_ROLES]).exists()


def _tell(person: User, before: Role, role: Role, by: User | None, request: HttpRequest | None) -> None:
    risen = GROUPS.index(role) < GROUPS.index(before)
    kind = "role_granted" if risen else "role_removed"
    note(kind, person=person, request=request, before=before.value, role=role.value, by=str(by or ""))
