"""The form that makes a presenter's key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from config.lib.admin_forms import ServiceForm
from streaming.ingest.models import PresenterKey
from streaming.ingest.services import create_presenter_key

if TYPE_CHECKING:
    from accounts.people.models import User


class PresenterKeyForm(ServiceForm[PresenterKey]):
    """Makes a key; the row it gives has it as ``shown_once``."""

    made_by: User | None = None

    class Meta:
        """Whose key, and for which station."""

        model = PresenterKey
        fields = ("station", "name", "person")
        help_texts = {"name": "Shown on the console while they are on air."}

    def perform(self) -> PresenterKey:
        """Make it."""
        given: dict[str, Any] = self.cleaned_data
        row, key = create_presenter_key(
            station=given["station"], name=given["name"], person=given["person"], created_by=self.made_by
        )
        row.shown_once = key  # type: ignore[attr-defined]  # for the one page that shows it
        return row
