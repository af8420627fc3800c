"""The form of a new key."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.keys import api_keys, places
from accounts.keys.scopes import READ, WRITE
from accounts.people.forms import PersonForm

if TYPE_CHECKING:
    from accounts.keys.models import ApiKey

LIVES = [("30", _("30 days")), ("365", _("1 year")), ("", _("until you revoke it"))]


class NewKeyForm(PersonForm):
    """What uses the key, what it may do, where, and for how long."""

    name = forms.CharField(label=_("What uses it"), max_length=100, help_text=_("The machine or the script."))
    may = forms.ChoiceField(
        label=_("It may"),
        choices=[(READ, _("look at what you may see")), (WRITE, _("do what you may do"))],
        initial=READ,
    )
    days = forms.ChoiceField(label=_("It works for"), choices=LIVES, required=False, initial="365")
    stations = forms.MultipleChoiceField(
        label=_("Stations"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all of yours."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the person's stations, if there are any."""
        super().__init__(*args, **kwargs)
        self.made: tuple[ApiKey, str] | None = None
        choice = self.fields["stations"]
        if isinstance(choice, forms.MultipleChoiceField):
            choice.choices = list(places.stations_of(self.person).values_list("slug", "name"))
            if not choice.choices:
                del self.fields["stations"]

    def perform(self) -> None:
        """Make the key."""
        days = self.cleaned_data["days"]
        self.made = api_keys.make_key(
            person=self.person,
            name=self.cleaned_data["name"],
            actions=[self.cleaned_data["may"]],
            stations=places.ids_of(self.person, self.cleaned_data.get("stations", ())),
            expires_at=timezone.now() + timedelta(days=int(days)) if days else None,
            request=self.request,
        )
