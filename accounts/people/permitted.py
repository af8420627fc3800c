"""Who may use which door of the API: every view says which permission each of its actions needs; unsaid is denied.

``needs = {"list": "streaming.view_destination", "create": "streaming.add_destination"}`` on a view. What a person may
is asked of the table (``accounts/people/matrix.py``), what a key may of its scopes. *At which* station is decided where
the rows are found, so that others' are not found at all.

REST framework imports this while it is imported itself, so what the house has is imported when a request comes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView

PUBLIC = "public"
"""Open to all: what the listeners' pages show anyway."""

MOST_NOTED, NOTED_SECONDS = 20, 60
"""So many refusals of a person are written down in a minute: a program that does not give up fills no table."""


class Permitted(BasePermission):
    """Lets in who holds the permission that the view's action needs, with a key whose scopes hold it as well."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Tell whether the request may go on; a signed-in person's refusal is written down."""
        if not _handled(request, view):
            return True  # nothing will run: the answer is 405
        need = needed(view, request.method or "")
        if need == PUBLIC:
            return True
        if not request.user or not request.user.is_authenticated:
            return False
        if need and request.user.has_perm(need) and _in_scope(request, view, need):
            return True
        _note(request, need)
        return False


def needed(view: APIView, method: str) -> str:
    """Return the permission that the action at hand needs; empty: nobody has it."""
    needs: dict[str, str] = getattr(view, "needs", {})
    return needs.get(getattr(view, "action", None) or method.lower(), "")


def _handled(request: Request, view: APIView) -> bool:
    """Tell whether the view does anything on this method; a viewset's route binds only some to an action.

    On OPTIONS none does: there is no ``DEFAULT_METADATA_CLASS``.
    """
    if request.method == "OPTIONS":
        return False
    if hasattr(view, "action_map"):
        return bool(view.action)  # type: ignore[attr-defined]  # a viewset's
    return hasattr(view, (request.method or "").lower())


def _in_scope(request: Request, view: APIView, need: str) -> bool:
    from accounts.keys import scopes  # noqa: PLC0415 - see above

    narrows = getattr(view, "narrows_to_stations", False)
    if narrows and ("slug" in view.kwargs or scopes.is_look(need)):
        return scopes.permits(request.auth, need, None)
    return scopes.permits_unbound(request.auth, need)


def _note(request: Request, need: str) -> None:
    from accounts.audit.services import note  # noqa: PLC0415 - see above
    from config.lib import limits  # noqa: PLC0415 - the same

    if limits.allow("not-allowed", str(request.user.pk), most=MOST_NOTED, seconds=NOTED_SECONDS).allowed:
        note("not_allowed", refused=True, person=request.user, request=request, needs=need, method=request.method)
