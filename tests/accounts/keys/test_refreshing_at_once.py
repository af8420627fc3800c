"""Of many that take one refresh token at the same time at most one gets the next, and the sign-in ends."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import RequestFactory

from accounts.audit.models import SecurityEvent
from accounts.keys import families, signing
from accounts.keys.errors import TokenRefusedError
from accounts.keys.models import TokenFamily
from tests.factories import make_user

TAKERS = 6


@pytest.mark.django_db(transaction=True)
def test_of_many_takers_of_one_refresh_token_at_most_one_goes_on():
    cache.clear()
    signing.forget()
    asked = RequestFactory().post("/")
    pair = families.begin(person=make_user(), methods=("pwd",), request=asked)
    together = threading.Barrier(TAKERS)

    def take(_: int) -> str:
        together.wait(timeout=30)
        try:
            return families.carry_on(refresh=pair.refresh, request=asked).access
        except TokenRefusedError:
            return ""
        finally:
            connection.close()

    with ThreadPoolExecutor(TAKERS) as threads:
        taken = [access for access in threads.map(take, range(TAKERS)) if access]
    signing.forget()
    assert len(taken) <= 1
    family = TokenFamily.objects.get()
    assert family.serial == 1
    assert family.ended_because == "token used twice"
    assert SecurityEvent.objects.filter(kind="token_reused").count() == 1
    for access in taken:
        with pytest.raises(TokenRefusedError):
            families.holder(access)
