"""The verbs of roles at a station: give one, take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.models import Group
from django.db import transaction

from accounts.audit.services import note
from accounts.people.matrix import CONSOLE_ROLES, STATION_ROLES
from accounts.people.models import User
from config.lib.problem import LongwaveError
from streaming.stations.members import StationMember

if TYPE_CHECKING:
    from django.http import HttpRequest

    from streaming.stations.models import Station


class MemberInvalidError(LongwaveError, ValueError):
    """A role cannot be given; the sentence names the field and the remedy."""

    status: ClassVar[int] = 422
    title: ClassVar[str] = "The role cannot be given"


@transaction.atomic
def give_role(
    *, station: Station, person: User, role: str, by: User | None, request: HttpRequest | None = None
) -> StationMember:
    """Give a person a role at a station; with an operator's or editor's they may open the console.

    Giving it again changes nothing.

    Args:
        station: where it holds, and nowhere else.
        person: who gets it.
        role: ``operator``, ``editor`` or ``presenter``.
        by: who gives it; ``None`` for the command line.
        request: where it was asked for.

    Raises:
        MemberInvalidError: ``field`` is ``role`` or ``person``.

    """
    if role not in STATION_ROLES:
        known = ", ".join(STATION_ROLES)
        raise MemberInvalidError(f"There is no role {role!r} at a station. Choose one of: {known}.", field="role")
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if not person.is_active:
        raise MemberInvalidError(f"The account of {person} is closed: open it first.", field="person")
    member, made = StationMember.objects.get_or_create(
        station=station, person=person, role=role, defaults={"added_by": by}
    )
    if made:
        _keep_console_in_step(person)
        note("role_granted", person=person, request=request, role=role, station=station.slug, by=str(by or ""))
    return member


@transaction.atomic
def take_role(*, member: StationMember, by: User | None, request: HttpRequest | None = None) -> None:
    """Take a role back; it ends at the person's next request. Without another one they leave the console."""
    person = User.objects.select_for_update(of=("self",)).get(pk=member.person_id)
    gone, _ = StationMember.objects.filter(pk=member.pk).delete()
    if gone:
        _keep_console_in_step(person)
        slug = member.station.slug
        note("role_removed", person=person, request=request, role=member.role, station=slug, by=str(by or ""))


def person_with(email: str) -> User:
    """Return the person with an address, whatever its case.

    Raises:
        MemberInvalidError: ``field`` is ``email``.

    """
    found = User.objects.filter(email__iexact=email.strip()).first()
    if found is None:
        raise MemberInvalidError("Nobody has an account with this e-mail address: they register first.", field="email")
    return found


def _keep_console_in_step(person: User) -> None:
    """Open the console to whoever has a role that needs it, and close it when the last one is gone."""
    groups = Group.objects.filter(user=person).values_list("name", flat=True)
    roles = StationMember.objects.filter(person=person).values_list("role", flat=True)
    opens = bool(CONSOLE_ROLES and set(CONSOLE_ROLES) & {*groups, *roles})
    wanted = person.is_superuser or opens or person.user_permissions.exists()
    if person.is_staff != wanted:
        person.is_staff = wanted
        person.save(update_fields=["is_staff"])
