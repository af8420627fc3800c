"""The screen of people who sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from unfold.forms import AdminPasswordChangeForm

from accounts.people.models import User
from config.lib import admin_cells as cells
from config.lib.admin_pages import ModelAdmin

if TYPE_CHECKING:
    from django.contrib.auth.forms import UserChangeForm, UserCreationForm
    from django.utils.safestring import SafeString
else:
    from unfold.forms import UserChangeForm, UserCreationForm

admin.site.unregister(Group)


class PersonAddForm(UserCreationForm):  # type: ignore[type-arg]  # cannot be subscripted at run time
    """Asks for an address and a password."""

    class Meta:
        """The address is the login."""

        model = User
        fields = ("email",)

    def clean_email(self) -> str:
        """Keep addresses in lower case, so that one that differs in case only is the same."""
        return str(self.cleaned_data["email"]).lower()


class PersonForm(UserChangeForm):  # type: ignore[type-arg]  # the same
    """Changes a person."""

    class Meta:
        """All that a person has."""

        model = User
        fields = ("email", "first_name", "last_name", "is_active", "is_staff", "is_superuser", "groups")

    def clean_email(self) -> str:
        """Keep addresses in lower case, so that one that differs in case only is the same."""
        return str(self.cleaned_data["email"]).lower()


@admin.register(User)
class PersonAdmin(DjangoUserAdmin, ModelAdmin[User]):  # type: ignore[type-arg]  # the same
    """People."""

    form = PersonForm
    add_form = PersonAddForm
    change_password_form = AdminPasswordChangeForm
    history_kinds = (
        "accounts.persongroup",
        "accounts.personpermission",
        "accounts.profile",
        "accounts.personaddress",
        "accounts.secondfactor",
    )
    list_display = ("email", "name", "role", "active", "seen", "joined")
    list_filter = ("is_active", "is_staff", "is_superuser", "groups")
    search_fields = ("email", "first_name", "last_name")
    ordering = ("email",)
    filter_horizontal = ("groups", "user_permissions")
    readonly_fields = ("seen", "joined", "id_told")
    add_fieldsets = ((None, {"fields": ("email", "password1", "password2")}),)
    fieldsets = (
        (None, {"fields": ("email", "password", ("first_name", "last_name"))}),
        ("May", {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        ("About", {"fields": (("seen", "joined"), "id_told")}),
    )

    @admin.display(description="Name")
    def name(self, person: User) -> str:
        """Tell the name."""
        return person.get_full_name() or "–"

    @admin.display(description="May")
    def role(self, person: User) -> str:
        """Tell what the person may do."""
        if person.is_superuser:
            return "everything"
        return "use this console, as far as permitted" if person.is_staff else "listen"

    @admin.display(description="Sign-in", ordering="is_active")
    def active(self, person: User) -> SafeString:
        """Tell whether the person may sign in."""
        return cells.state("Open", "ok") if person.is_active else cells.state("Closed", "quiet")

    @admin.display(description="Last seen", ordering="last_login")
    def seen(self, person: User) -> SafeString:
        """Tell when the person signed in last."""
        return cells.ago(person.last_login)

    @admin.display(description="Since", ordering="date_joined")
    def joined(self, person: User) -> SafeString:
        """Tell since when the person has an account."""
        return cells.ago(person.date_joined)

    @admin.display(description="Id")
    def id_told(self, person: User) -> SafeString:
        """Give the id."""
        return cells.identifier(person.pk)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin[Group]):
    """Groups of permissions."""

    history_kinds = ("accounts.watchedgroup", "accounts.grouppermission")
