"""Control 26 over everything: what is secret goes in, and comes out of no answer of the API and no screen."""

from __future__ import annotations

import re

import pytest
import yaml
from django.contrib import admin
from django.db.models import BinaryField
from django.test import RequestFactory

from config.home import BASE_DIR
from tests.factories import make_user

SCHEMAS = yaml.safe_load((BASE_DIR / "docs" / "api.yaml").read_text())["components"]["schemas"]
SECRET = re.compile(
    r"secret|passw|passphrase|token|digest|sealed|private_key|refresh$|^access$|_?key$|^codes?$", re.IGNORECASE
)
# Property of an answer: why it is no secret, or that it is told once to whoever has just made it.
TOLD = {
    "key": "a hint (••••1234), or a new key on the one occasion it is told",
    "track_key": "the name of a track",
    "content_key": "the name of a compiled file",
    "has_passphrase": "that there is one",
    "has_secret": "that there is one",
    "webhook_secret": "told once, when it is made",
    "secret": "told once, when it is set up",
    "access": "told once, to whoever signs in",
    "refresh": "told once, to whoever signs in",
    "access_token": "told once, to whoever signs in",
    "refresh_token": "told once, to whoever signs in",
    "token_type": "how it is sent",
    "csrf_token": "opens nothing without the cookie it belongs to",
    "codes": "recovery codes, told once",
    "code": "the name of a kind of error",
}


def answers() -> dict[str, dict[str, object]]:
    return {name: shape for name, shape in SCHEMAS.items() if not name.endswith("Request")}


def test_no_answer_of_the_api_has_a_property_for_a_secret_that_is_not_accounted_for():
    found = {
        f"{name}.{prop}"
        for name, shape in answers().items()
        for prop, kind in dict(shape.get("properties") or {}).items()  # type: ignore[call-overload]
        if SECRET.search(prop) and not kind.get("writeOnly") and kind.get("type") != "boolean" and prop not in TOLD
    }
    assert found == set()


def test_passwords_are_in_requests_alone():
    for name, shape in answers().items():
        properties = shape.get("properties") or {}
        assert not [p for p in properties if p.startswith("password")], name  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_no_screen_shows_a_sealed_or_digested_column():
    request = RequestFactory().get("/admin/")
    request.user = make_user("admin@example.org", is_staff=True, is_superuser=True)
    for model, screen in admin.site._registry.items():
        hidden = {field.name for field in model._meta.fields if isinstance(field, BinaryField)}
        hidden |= {
            field.name for field in model._meta.fields if re.search("digest|sealed|code_hash|bound_to", field.name)
        }
        shown = {str(name) for name in screen.get_list_display(request)}
        shown |= set(screen.get_form(request).base_fields) | {str(name) for name in screen.get_readonly_fields(request)}
        assert not hidden & shown, model
