"""Sends pictures of people: as what they are, to nobody but whoever may see them, and good for nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse

from accounts.people.avatars import TYPE
from accounts.people.models import Profile

if TYPE_CHECKING:
    from accounts.people.models import User

HEADERS = {
    "Cache-Control": "private, no-cache",
    "Content-Disposition": 'inline; filename="picture.webp"',
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def send_avatar(person: User) -> HttpResponse:
    """Answer with a person's picture.

    Raises:
        Http404: there is none, or the storage has lost it.

    """
    name = Profile.objects.filter(person=person).values_list("avatar", flat=True).first()
    if not name:
        raise Http404
    try:
        with default_storage.open(name, "rb") as file:
            return HttpResponse(file.read(), content_type=TYPE, headers=HEADERS)
    except FileNotFoundError as error:
        raise Http404 from error
