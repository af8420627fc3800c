"""``manage.py station member SLUG list|add|remove``: who does what at a station, by hand and by script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streaming.management.asking import station_named, write_json
from streaming.stations.members import StationMember
from streaming.stations.membership import MemberInvalidError, give_role, person_with, take_role

if TYPE_CHECKING:
    from django.core.management.base import OutputWrapper

    from streaming.stations.models import Station


def add_arguments(verbs: Any) -> None:
    """Declare the verb and its own verbs."""
    member = verbs.add_parser("member", help="say who does what at a station, give roles and take them back")
    member.add_argument("slug", metavar="SLUG")
    what = member.add_subparsers(dest="what", required=True, metavar="list|add|remove")
    for name, text in (("add", "give a role"), ("remove", "take a role back")):
        one = what.add_parser(name, help=text)
        one.add_argument("email", metavar="EMAIL", help="of somebody who has an account")
        one.add_argument("role", choices=StationMember.Role.values)
    listing = what.add_parser("list", help="list the members")
    listing.add_argument("--json", action="store_true", dest="as_json", help="as one JSON document")


def run(out: OutputWrapper, options: dict[str, Any]) -> None:
    """Do what was asked and say it."""
    station = station_named(options["slug"])
    if options["what"] == "list":
        _list(out, station, as_json=options["as_json"])
        return
    person, role = person_with(options["email"]), options["role"]
    if options["what"] == "add":
        give_role(station=station, person=person, role=role, by=None)
        out.write(f"{person} is {role} of {station.name}.")
        return
    member = StationMember.objects.filter(station=station, person=person, role=role).first()
    if member is None:
        raise MemberInvalidError(f"{person} is no {role} of {station.name}.", field="role")
    take_role(member=member, by=None)
    out.write(f"{person} is no longer {role} of {station.name}.")


def _list(out: OutputWrapper, station: Station, *, as_json: bool) -> None:
    rows = StationMember.objects.filter(station=station).select_related("person")
    told = [{"email": row.person.email, "role": row.role, "since": row.added_at.isoformat()} for row in rows]
    if as_json:
        write_json(out, told)
        return
    for row in told:
        out.write(f"{row['role']:<10} {row['email']}")
    if not told:
        out.write(f"Nobody has a role at {station.name}.")
