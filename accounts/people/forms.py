"""The forms of a person's own pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.people import avatars, deletion, services
from config.lib.problem import LongwaveError

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from accounts.people.models import User


class PersonForm(forms.Form):
    """A form whose last check is the use case itself; what that refuses stands at the field it names."""

    def __init__(self, *args: Any, person: User, request: HttpRequest, **kwargs: Any) -> None:
        """Take whose form it is."""
        super().__init__(*args, **kwargs)
        self.person, self.request = person, request

    def clean(self) -> dict[str, Any] | None:
        """Do it, once every field is right."""
        data = super().clean()
        if not self.errors:
            self._tried(self.perform)
        return data

    def perform(self) -> None:
        """Call the service with ``cleaned_data``."""
        raise NotImplementedError

    def _tried(self, work: Callable[[], None]) -> None:
        try:
            work()
        except LongwaveError as error:
            self.add_error(error.field if error.field in self.fields else None, error.detail)


class ProfileForm(PersonForm):
    """What a person tells about themselves."""

    first_name = forms.CharField(
        label=_("First name"), required=False, max_length=150, widget=forms.TextInput({"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=_("Last name"), required=False, max_length=150, widget=forms.TextInput({"autocomplete": "family-name"})
    )
    address = forms.CharField(
        label=_("Postal address"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 3, "autocomplete": "street-address"}),
    )
    bio = forms.CharField(
        label=_("In your own words"), required=False, max_length=2000, widget=forms.Textarea({"rows": 4})
    )

    def perform(self) -> None:
        """Keep it."""
        services.change_profile(person=self.person, **self.cleaned_data)


class PictureForm(PersonForm):
    """A picture of the person."""

    file = forms.FileField(
        label=_("A picture of yours"),
        allow_empty_file=True,
        help_text=_("JPEG, PNG or WebP, at most 10 MiB."),
        error_messages={"required": _("Choose a picture first.")},
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}),
    )

    def perform(self) -> None:
        """Keep it anew."""
        avatars.set_avatar(person=self.person, file=self.cleaned_data["file"], request=self.request)


class DeletionForm(PersonForm):
    """Asks once more, and for the password where there is one."""

    sure = forms.BooleanField(
        label=_("Delete this account for good"),
        error_messages={"required": _("Tick this if you are sure.")},
    )
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=1024,
        error_messages={"required": _("Enter your password.")},
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    field_order = ("password", "sure")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Leave the password out for those who have none: they have just shown otherwise who they are."""
        super().__init__(*args, **kwargs)
        if not self.person.has_usable_password():
            del self.fields["password"]

    def perform(self) -> None:
        """Delete the account."""
        if "password" in self.fields:
            password = self.cleaned_data["password"]
            deletion.check_password(person=self.person, password=password, request=self.request)
        else:
            deletion.check_fresh(session=self.request.session)
        deletion.delete_person(person=self.person, by=self.person, request=self.request)
