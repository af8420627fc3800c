"""Programs sign in with a password and get tokens; each refresh token is good once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.audit.models import SecurityEvent
from accounts.keys import families
from accounts.keys.models import TokenFamily
from tests.accounts.keys.conftest import PASSWORD
from tests.factories import make_user

ME = "/api/v1/auth/token/families/"


def seen(access: str) -> int:
    return int(APIClient().get(ME, HTTP_AUTHORIZATION=f"Bearer {access}").status_code)


def refresh(api, token: str):
    return api.post("/api/v1/auth/token/refresh/", {"refresh": token}, format="json")


def test_a_password_gets_a_pair_and_the_access_token_opens_the_api(api, sign_in):
    answer = sign_in()
    assert answer.status_code == 200
    assert (answer.data["token_type"], answer.data["expires_in"]) == ("Bearer", 900)
    assert answer.headers["Cache-Control"] == "no-store"
    assert not answer.cookies
    assert seen(answer.data["access"]) == 200


def test_the_refresh_token_holds_for_seven_days(sign_in):
    sign_in()
    family = TokenFamily.objects.get()
    assert family.expires_at - family.created_at == timedelta(days=7)


@pytest.mark.parametrize("wrong", [{"password": "not it"}, {"email": "nobody@example.org"}])
def test_a_wrong_password_and_an_unknown_address_are_answered_alike(sign_in, wrong):
    answer = sign_in(**wrong)
    assert answer.status_code == 401
    assert answer.data["detail"] == "Address or password is not right."
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert SecurityEvent.objects.filter(kind="sign_in", outcome="refused").exists()


def test_an_address_that_was_never_confirmed_does_not_sign_in(api):
    make_user("new@example.org", confirmed=False)
    body = {"email": "new@example.org", "password": PASSWORD}
    answer = api.post("/api/v1/auth/token/", body, format="json")
    assert answer.status_code == 401
    assert "Confirm your e-mail address" in answer.data["detail"]


def test_whoever_has_a_second_factor_sends_its_code_and_each_code_once(sign_in, codes):
    first = sign_in()
    assert (first.status_code, first.data["title"]) == (401, "Second factor needed")
    assert first.data["errors"][0]["field"] == "code"
    assert sign_in(code="000000").status_code == 401
    assert sign_in(code=codes[0]).status_code == 200
    assert sign_in(code=codes[0]).status_code == 401
    assert sign_in(code=codes[1]).status_code == 200


def test_staff_without_a_second_factor_get_no_token(sign_in, person):
    person.is_staff = True
    person.save()
    answer = sign_in()
    assert answer.status_code == 401
    assert "second factor" in answer.data["detail"]


def test_who_becomes_staff_signs_in_anew_with_a_second_factor(api, sign_in, person):
    access = sign_in().data["access"]
    person.is_staff = True
    person.save()
    assert seen(access) == 401


def test_a_refresh_token_gives_the_next_pair(api, sign_in):
    first = sign_in().data
    second = refresh(api, first["refresh"])
    assert second.status_code == 200
    assert seen(second.data["access"]) == 200
    assert refresh(api, second.data["refresh"]).status_code == 200


def test_a_refresh_token_used_twice_ends_the_whole_family(api, sign_in):
    first = sign_in().data
    second = refresh(api, first["refresh"]).data
    stolen = refresh(api, first["refresh"])
    assert stolen.status_code == 401
    assert "used before" in stolen.data["detail"]
    assert seen(second["access"]) == 401
    assert refresh(api, second["refresh"]).status_code == 401
    assert SecurityEvent.objects.filter(kind="token_reused").count() == 1


def test_another_sign_in_of_the_same_person_goes_on(api, sign_in):
    here, there = sign_in().data, sign_in().data
    refresh(api, here["refresh"])
    refresh(api, here["refresh"])
    assert seen(there["access"]) == 200


def test_a_family_is_not_carried_on_for_ever(api, sign_in):
    token = sign_in().data["refresh"]
    long_ago = timezone.now() - settings.TOKEN_FAMILY_LIFETIME + timedelta(hours=1)
    TokenFamily.objects.update(created_at=long_ago)
    assert refresh(api, token).status_code == 200
    assert TokenFamily.objects.get().expires_at <= timezone.now() + timedelta(hours=1)


def test_signing_out_ends_the_access_token_at_once(api, sign_in):
    pair = sign_in().data
    ended = api.post("/api/v1/auth/token/end/", {"refresh": pair["refresh"]}, format="json")
    assert ended.status_code == 204
    assert seen(pair["access"]) == 401


@pytest.mark.parametrize("change", ["password", "closed"])
def test_a_new_password_or_a_closed_account_ends_every_token(api, sign_in, person, change):
    pair = sign_in().data
    if change == "password":
        person.set_password("another horse battery")
    else:
        person.is_active = False
    person.save()
    assert seen(pair["access"]) == 401
    assert refresh(api, pair["refresh"]).status_code == 401


def test_a_person_sees_their_sign_ins_and_ends_one_or_all(api, sign_in):
    mine, other = sign_in().data, sign_in().data
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {mine['access']}")
    rows = api.get(ME).data["results"]
    assert [row["current"] for row in rows].count(True) == 1
    foreign = next(row for row in rows if not row["current"])
    assert api.delete(f"{ME}{foreign['id']}/").status_code == 204
    assert seen(other["access"]) == 401
    assert api.delete(f"{ME}{foreign['id']}/").status_code == 404
    assert api.delete(ME).status_code == 204
    assert api.get(ME).status_code == 401


def test_nobody_sees_or_ends_another_persons_sign_in(api, sign_in):
    sign_in()
    api.force_authenticate(make_user("other@example.org"))
    assert api.get(ME).data["results"] == []
    assert api.delete(f"{ME}{TokenFamily.objects.get().pk}/").status_code == 404


def test_of_more_than_twenty_sign_ins_the_oldest_end(person, rf):
    for _ in range(settings.TOKEN_FAMILIES_AT_MOST + 2):
        families.begin(person=person, methods=("pwd",), request=rf.post("/"))
    assert len(families.going_on(person)) == settings.TOKEN_FAMILIES_AT_MOST
