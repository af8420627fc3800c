"""Fixtures for every test."""

from __future__ import annotations

import pytest

from tests.factories import make_user


@pytest.fixture(autouse=True)
def _static_files_without_a_manifest(settings):
    """Pages are tested without collectstatic; the real server of tests/e2e collects them."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture
def operator(client):
    """A browser in which somebody is signed in who may do everything in the console."""
    client.force_login(make_user("operator@example.org", is_staff=True, is_superuser=True))
    return client
