"""The forms of the people's screens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.people.errors import LastAdminError
from accounts.people.matrix import ABOUT, GROUPS, Role
from accounts.people.models import User
from accounts.people.roles import keep_an_admin, role_of

if TYPE_CHECKING:
    from django.contrib.auth.forms import UserChangeForm, UserCreationForm
else:
    from unfold.forms import UserChangeForm, UserCreationForm

ROLES = [(role.value, f"{role.value.capitalize()}: {ABOUT[role][0].lower()}{ABOUT[role][1:]}") for role in GROUPS]
BY_HAND = ("is_superuser", "user_permissions")
"""What only those change who may everything themselves."""


def _role_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="Role",
        choices=ROLES,
        initial=Role.USER.value,
        widget=UnfoldAdminSelectWidget(),
        help_text="Holds everywhere. Who runs or edits a single station is said on that station's page.",
    )


class PersonAddForm(UserCreationForm):  # type: ignore[type-arg]  # cannot be subscripted at run time
    """Asks for an address, a role and a password."""

    role = _role_field()

    class Meta:
        """The address is the login."""

        model = User
        fields = ("email",)

    def clean_email(self) -> str:
        """Keep addresses in lower case, so that one that differs in case only is the same."""
        return str(self.cleaned_data["email"]).lower()


class PersonForm(UserChangeForm):  # type: ignore[type-arg]  # the same
    """Changes a person."""

    role = _role_field()

    class Meta:
        """What is typed; all else is done by buttons."""

        model = User
        fields = ("email", "first_name", "last_name", *BY_HAND)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Start from the role the person has."""
        super().__init__(*args, **kwargs)
        if "role" in self.fields:
            self.fields["role"].initial = role_of(self.instance).value

    def clean_email(self) -> str:
        """Keep addresses in lower case, so that one that differs in case only is the same."""
        return str(self.cleaned_data["email"]).lower()

    def clean(self) -> dict[str, Any]:
        """See that somebody goes on running the installation; the screen's transaction holds the lock."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        falls = data.get("role", Role.ADMIN.value) != Role.ADMIN.value and not data.get("is_superuser")
        if falls and role_of(User.objects.get(pk=self.instance.pk)) is Role.ADMIN:
            try:
                keep_an_admin(without=self.instance)
            except LastAdminError as error:
                self.add_error("role", error.detail)
        return data
