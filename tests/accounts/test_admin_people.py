"""People in the console: the address is the login."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.people.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "a long night at the dial"


def test_a_person_is_added_with_address_and_password(operator):
    sent = {
        "email": "clerk@example.org",
        "password1": PASSWORD,
        "password2": PASSWORD,
        "usable_password": "true",
        "role": "user",
    }
    operator.post(reverse("admin:accounts_user_add"), sent)
    person = User.objects.get(email="clerk@example.org")
    assert person.check_password(PASSWORD)
    assert not person.is_staff


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"email": "OPERATOR@example.org"}, "email"),
        ({"email": "nobody"}, "email"),
        ({"password2": "another one altogether"}, "password2"),
    ],
)
def test_a_wrong_field_is_named_and_nobody_is_added(operator, sent, field):
    whole = {
        "email": "a@example.org",
        "password1": PASSWORD,
        "password2": PASSWORD,
        "usable_password": "true",
        "role": "user",
        **sent,
    }
    response = operator.post(reverse("admin:accounts_user_add"), whole)
    assert response.context["adminform"].form.errors[field]
    assert User.objects.count() == 1


def test_a_short_password_is_refused(operator):
    sent = {"email": "a@example.org", "password1": "short", "password2": "short", "usable_password": "true"}
    response = operator.post(reverse("admin:accounts_user_add"), sent)
    assert "12 characters" in response.content.decode()


def test_an_operator_gives_somebody_a_new_password(operator):
    person = make_user("clerk@example.org")
    url = reverse("admin:auth_user_password_change", args=[person.pk])
    operator.post(url, {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"})
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_no_page_shows_a_password_hash(operator):
    person = make_user("clerk@example.org")
    page = operator.get(reverse("admin:accounts_user_change", args=[person.pk])).content.decode()
    assert person.password not in page
    assert person.password.rpartition("$")[2] not in page


@pytest.mark.parametrize("page", ["changelist", "add"])
def test_people_and_groups_have_their_screens(operator, page):
    assert operator.get(reverse(f"admin:accounts_user_{page}")).status_code == 200
    assert operator.get(reverse(f"admin:auth_group_{page}")).status_code == 200
