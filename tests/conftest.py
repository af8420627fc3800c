"""Fixtures for every test."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.apps import apps
from django.db.models.signals import post_migrate

from catalog.models import EncodingProfile
from catalog.visuals.profiles import add_constant, add_standard
from config.lib import limits
from tests.factories import enter, make_user


@pytest.fixture(scope="session", autouse=True)
def _profiles_outlive_a_flush():
    """Tests with transactions of their own empty all tables; what migrations filled in is filled in again."""
    post_migrate.connect(_fill_in_profiles, sender=apps.get_app_config("catalog"))


def _fill_in_profiles(**_):
    add_standard(EncodingProfile.objects)
    add_constant(EncodingProfile.objects)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that hold slow tests: side by side, what takes longest must not come last."""
    slow = {item.path for item in items if item.get_closest_marker("slow") or item.get_closest_marker("peers")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True)
def _nothing_was_tried_before(monkeypatch):
    """What other tests and other runs tried counts for nothing here."""
    monkeypatch.setattr(limits, "PREFIX", f"longwave.limit.{uuid4().hex}")


@pytest.fixture(autouse=True)
def _static_files_without_a_manifest(settings):
    """Pages are tested without collectstatic; the real server of tests/e2e collects them."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture
def operator(client):
    """A browser in which somebody is signed in who may do everything in the console."""
    enter(client, make_user("operator@example.org", is_staff=True, is_superuser=True))
    return client
