"""The screen of people who sign in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import Exists, OuterRef
from django.urls import path, reverse
from django.utils.html import format_html
from unfold.forms import AdminPasswordChangeForm

from accounts.audit.services import note
from accounts.people import deletion, roles, standing
from accounts.people.admin_actions import PersonActions
from accounts.people.admin_forms import BY_HAND, PersonAddForm, PersonForm
from accounts.people.matrix import GROUPS, Role
from accounts.people.models import Profile, User
from accounts.people.pictures import send_avatar
from accounts.signin.addresses import vouch_for_address
from accounts.signin.second_factor import REAL
from config.lib import admin_cells as cells
from config.lib.admin_pages import PER_PAGE, ModelAdmin, UncountedPaginator
from config.lib.admin_rows import row_or_404

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

FOUND = 302
admin.site.unregister(Group)


@admin.register(User)
class PersonAdmin(PersonActions, DjangoUserAdmin, ModelAdmin[User]):  # type: ignore[type-arg]  # the same
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
    list_display = ("email", "name", "role_told", "stations", "factor", "standing_told", "seen", "joined")
    list_filter = ("is_active", "is_superuser", "groups")
    search_fields = ("email", "first_name", "last_name", "phone")
    ordering = ("email",)
    filter_horizontal = ("user_permissions",)
    actions = None
    paginator = UncountedPaginator
    show_full_result_count = False
    list_per_page = PER_PAGE
    actions_detail = ("sign_out", "without_factor", "without_phone", "close", "reopen")
    readonly_fields = ("picture", "phone", "stations", "factor", "standing_told", "seen", "joined", "id_told")
    add_fieldsets = ((None, {"fields": ("email", "role", "password1", "password2")}),)
    fieldsets = (
        (None, {"fields": ("picture", "email", "password", ("first_name", "last_name"))}),
        ("May", {"fields": ("role", "stations", *BY_HAND)}),
        ("About", {"fields": (("standing_told", "factor"), ("phone", "seen"), ("joined", "id_told"))}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Return people with their groups, and whether they have a second factor."""
        own = Authenticator.objects.filter(user=OuterRef("pk"), type__in=REAL)
        found: QuerySet[User] = super().get_queryset(request)
        return found.prefetch_related("groups", "station_roles__station").annotate(has_factor=Exists(own))

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list without a number of results: nobody counted them."""
        listing = super().get_changelist_instance(request)
        listing.full_result_count = listing.result_count
        return listing

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Leave out what only those change who may everything."""
        found = super().get_fieldsets(request, obj)
        if obj is None or request.user.is_superuser:
            return found
        return [(title, {"fields": tuple(f for f in told["fields"] if f not in BY_HAND)}) for title, told in found]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let nobody change somebody who may more than they: that would be a way to become them."""
        return super().has_change_permission(request, obj) and _is_below(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keep the last administrator; one's own account ends on one's own page, with its password."""
        if not super().has_delete_permission(request, obj) or not _is_below(request, obj):
            return False
        person = User.objects.filter(pk=getattr(obj, "pk", obj)).first() if obj else None
        return person is None or (person.pk != request.user.pk and not roles.is_last_admin(person))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Give the role; an address typed here counts as confirmed."""
        super().save_related(request, form, formsets, change)
        person, by = form.instance, cast("User", request.user)
        if "email" in form.changed_data:
            vouch_for_address(person=person)
        if "role" in form.cleaned_data:
            roles.set_role(person=person, role=Role(form.cleaned_data["role"]), by=by, request=request)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002 - Django's signature
        """Set a password; whoever is signed in as that person is signed out."""
        response: HttpResponse = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == FOUND:
            person = User.objects.get(pk=id)
            note("password_changed", person=person, request=request, by=str(request.user))
            standing.end_everything(person=person, because="password changed", request=request)
        return response

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """Delete the account as its owner would."""
        deletion.delete_person(person=obj, by=cast("User", request.user), request=request)

    def get_urls(self) -> Any:
        """Add the picture."""
        view = self.admin_site.admin_view(partial(_picture, self))
        return [path("<uuid:person>/picture/", view, name="accounts_user_picture"), *super().get_urls()]

    @admin.display(description="Picture")
    def picture(self, person: User) -> SafeString:
        """Show the picture."""
        if not Profile.objects.filter(person=person).exclude(avatar="").exists():
            return cells.EMPTY
        url = reverse("admin:accounts_user_picture", args=[person.pk])
        return format_html('<img class="lw-person" src="{}" alt="" width="72" height="72">', url)

    @admin.display(description="Name")
    def name(self, person: User) -> str:
        """Tell the name."""
        return person.get_full_name() or "–"

    @admin.display(description="Role")
    def role_told(self, person: User) -> str:
        """Tell the role that holds everywhere."""
        return "everything" if person.is_superuser else roles.role_of(person).value

    @admin.display(description="At stations")
    def stations(self, person: User) -> SafeString:
        """Tell the roles at single stations."""
        return cells.lines(f"{role.station}: {role.role}" for role in person.station_roles.all())

    @admin.display(description="Second factor")
    def factor(self, person: User) -> SafeString:
        """Tell whether there is one."""
        return cells.state("On", "ok") if person.has_factor else cells.state("Off", "quiet")  # type: ignore[attr-defined]  # annotated

    @admin.display(description="Account", ordering="is_active")
    def standing_told(self, person: User) -> SafeString:
        """Tell whether the person may sign in."""
        return cells.state("Open", "ok") if person.is_active else cells.state("Closed", "fail")

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
    """Groups of permissions; those of the roles follow the table of who may what, and are only looked at."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keep the roles' groups."""
        return super().has_change_permission(request, obj) and not _is_roles(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keep the roles' groups."""
        return super().has_delete_permission(request, obj) and not _is_roles(obj)

    def get_actions(self, request: HttpRequest) -> Any:
        """Leave out deleting many at once: the roles' groups must stay."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}


def _is_roles(group: Group | None) -> bool:
    return group is not None and group.name in {role.value for role in GROUPS}


def _is_below(request: HttpRequest, obj: Any) -> bool:
    """Tell whether the reader may do to this person what they like: all but those who may everything."""
    if obj is None or request.user.is_superuser:
        return True
    return not User.objects.filter(pk=getattr(obj, "pk", obj), is_superuser=True).exists()


def _picture(screen: PersonAdmin, request: HttpRequest, person: UUID) -> HttpResponse:
    """Send a person's picture to who may see the person."""
    return send_avatar(row_or_404(screen, request, person))
