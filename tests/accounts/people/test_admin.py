"""What administrators do about people, and what they may not."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.audit.models import SecurityEvent
from accounts.people.avatars import set_avatar
from accounts.people.models import User
from accounts.people.roles import role_of
from tests.accounts.people.conftest import picture
from tests.factories import enter, make_user

pytestmark = pytest.mark.django_db
PASSWORD = "a long night at the dial"


@pytest.fixture
def admin(client):
    """A browser of somebody in the group of administrators, who may not everything."""
    boss = make_user("boss@example.org", is_staff=True)
    boss.groups.add(Group.objects.get(name="admin"))
    return enter(client, boss)


def change(person, **sent):
    page = reverse("admin:accounts_user_change", args=[person.pk])
    whole = {"email": person.email, "first_name": person.first_name, "last_name": "", "role": role_of(person).value}
    return page, {**whole, **sent}


def press(browser, name, person):
    """Answer the dialog of a person's action."""
    page = reverse(f"admin:accounts_user_{name}", args=[person.pk])
    return browser.post(page, {"_form_submitted": "on"})


def test_who_is_added_has_a_role_and_a_confirmed_address(admin):
    sent = {"email": "Clerk@example.org", "password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    admin.post(reverse("admin:accounts_user_add"), {**sent, "role": "manager"})
    person = User.objects.get(email="clerk@example.org")
    assert (role_of(person).value, person.is_staff) == ("manager", True)
    assert EmailAddress.objects.get(user=person).verified


def test_a_role_is_given_and_taken_and_written_down(admin, person):
    admin.post(*change(person, role="manager"))
    person.refresh_from_db()
    assert person.is_staff
    admin.post(*change(person, role="user"))
    person.refresh_from_db()
    assert not person.is_staff
    kinds = SecurityEvent.objects.filter(person=person, kind__startswith="role_").values_list("kind", flat=True)
    assert sorted(kinds) == ["role_granted", "role_removed"]


def test_an_address_typed_by_an_administrator_counts_as_confirmed(admin, person):
    admin.post(*change(person, email="new@example.org"))
    person.refresh_from_db()
    assert person.email == "new@example.org"
    assert EmailAddress.objects.get(user=person, primary=True).email == "new@example.org"


def test_nobody_makes_themselves_more_than_they_are(admin):
    boss = User.objects.get(email="boss@example.org")
    admin.post(*change(boss, is_superuser="on", is_staff="on", user_permissions=["1", "2"]))
    boss.refresh_from_db()
    assert not boss.is_superuser
    assert not boss.user_permissions.exists()


@pytest.mark.parametrize("url", ["auth_user_password_change", "accounts_user_delete", "accounts_user_close"])
def test_nobody_becomes_somebody_who_may_more(admin, url):
    owner = make_user("owner@example.org", is_superuser=True, is_staff=True)
    sent = {
        "password1": PASSWORD,
        "password2": PASSWORD,
        "usable_password": "true",
        "post": "yes",
        "_form_submitted": "on",
    }
    admin.post(reverse(f"admin:{url}", args=[owner.pk]), sent)
    admin.post(*change(owner, email="mine@example.org"))
    owner.refresh_from_db()
    assert owner.is_active
    assert owner.email == "owner@example.org"
    assert not owner.check_password(PASSWORD)


def test_the_last_administrator_cannot_fall(admin):
    boss = User.objects.get(email="boss@example.org")
    page = admin.post(*change(boss, role="user"))
    assert "last administrator" in str(page.context["adminform"].form.errors["role"])
    assert admin.post(reverse("admin:accounts_user_delete", args=[boss.pk]), {"post": "yes"}).status_code == 403
    press(admin, "close", boss)
    boss.refresh_from_db()
    assert boss.is_active


def test_a_person_is_deleted_as_if_they_had_done_it(admin, person):
    admin.post(reverse("admin:accounts_user_delete", args=[person.pk]), {"post": "yes"})
    assert not User.objects.filter(pk=person.pk).exists()
    told = SecurityEvent.objects.get(kind="account_deleted")
    assert (told.who, told.detail["account"]) == ("boss@example.org", f"gone-{person.pk.hex[:8]}")


def test_a_new_password_signs_out_whoever_is_signed_in(admin, person):
    browser = Client()
    browser.force_login(person)
    browser.get("/account/")
    sent = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    admin.post(reverse("admin:auth_user_password_change", args=[person.pk]), sent)
    assert browser.get("/account/").status_code == 302
    assert SecurityEvent.objects.filter(kind="password_changed", person=person).exists()


def test_an_account_is_closed_and_opened(admin, person):
    browser = Client()
    browser.force_login(person)
    browser.get("/account/")

    press(admin, "close", person)

    assert browser.get("/account/").status_code == 302
    assert not UserSession.objects.filter(user=person).exists()
    admin.post(reverse("admin:accounts_user_reopen", args=[person.pk]))
    person.refresh_from_db()
    assert person.is_active
    kinds = set(SecurityEvent.objects.filter(person=person).values_list("kind", flat=True))
    assert {"account_closed", "account_opened"} <= kinds


def test_a_lost_second_factor_is_removed(admin, person):
    browser = enter(Client(), person)
    browser.get("/account/")
    press(admin, "without_factor", person)
    assert not Authenticator.objects.filter(user=person).exists()
    assert browser.get("/account/").status_code == 302


def test_only_what_makes_sense_is_offered(admin, person):
    page = admin.get(reverse("admin:accounts_user_change", args=[person.pk])).content.decode()
    assert "Close the account" in page
    for word in ("Open the account", "Remove the phone number", "Remove the second factor"):
        assert word not in page


@pytest.mark.usefixtures("places")
def test_a_picture_is_shown_to_who_may_see_people(admin, person):
    set_avatar(person=person, file=SimpleUploadedFile("me.jpg", picture()))
    url = reverse("admin:accounts_user_picture", args=[person.pk])
    assert url in admin.get(reverse("admin:accounts_user_change", args=[person.pk])).content.decode()
    assert admin.get(url).headers["Content-Type"] == "image/webp"
    presenter = Client()
    presenter.force_login(make_user("other@example.org"))
    assert presenter.get(url).status_code in {302, 403}


def test_the_groups_of_the_roles_follow_the_table(admin):
    group = Group.objects.get(name="manager")
    page = admin.get(reverse("admin:auth_group_change", args=[group.pk]))
    assert page.status_code == 200
    assert admin.post(reverse("admin:auth_group_change", args=[group.pk]), {"name": "x"}).status_code == 403
    assert admin.post(reverse("admin:auth_group_delete", args=[group.pk]), {"post": "yes"}).status_code == 403
