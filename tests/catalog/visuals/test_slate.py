"""The built-in slate: always there, compiled once per profile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from django.db import connection

from catalog.visuals import drawing
from catalog.visuals.models import EncodingProfile, Loop, Rendition
from catalog.visuals.profiles import STANDARD
from catalog.visuals.services import rendition_path, request_slates, slate_rendition
from tests.catalog.films import pictures


@pytest.fixture(autouse=True)
def _smaller(monkeypatch, places):
    """The same drawing, over fewer frames."""
    monkeypatch.setattr(drawing, "RATE", 6)


@pytest.mark.django_db(transaction=True)
def test_two_who_need_it_at_once_get_the_same_and_later_ones_at_once(small):
    def need(_: int) -> Rendition:
        try:
            return slate_rendition(profile=small)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(need, range(2))
    assert first.pk == second.pk
    assert Loop.objects.get(builtin="slate").name == "Slate"
    again = slate_rendition(profile=small)
    assert (again.pk, again.attempts, again.status) == (first.pk, 1, Rendition.Status.READY)
    frames = list(pictures(rendition_path(again)))
    assert len(frames) == again.frames == 300
    middle = frames[0].to_ndarray(format="rgb24")[90, 40:280].astype(int)
    amber = middle[(middle[:, 0] > 200) & (middle[:, 2] < 120)]
    assert len(amber)


def test_the_wave_ends_where_it_begins():
    assert np.allclose(drawing._wave(0.0), drawing._wave(1.0), atol=1e-3)
    assert not np.allclose(drawing._wave(0.0), drawing._wave(0.1), atol=0.1)


@pytest.mark.django_db
def test_both_standard_profiles_are_there_from_the_start():
    from catalog.visuals.models import EncodingProfile

    for name, fields in STANDARD.items():
        profile = EncodingProfile.objects.get(name=name)
        assert {field: getattr(profile, field) for field in fields} == fields
        assert profile.gop_frames == 2 * profile.frame_rate


@pytest.mark.django_db(transaction=True)
def test_a_slate_whose_file_was_removed_is_made_anew(small):
    rendition_path(slate_rendition(profile=small)).unlink()
    assert rendition_path(slate_rendition(profile=small)).exists()


@pytest.mark.django_db(transaction=True)
def test_profiles_that_lack_the_slate_ask_for_it_once(small):
    slate_rendition(profile=small)
    other = EncodingProfile.objects.create(
        name="other", width=160, height=90, frame_rate=30, video_kbps=300, gop_frames=60, level="3.0"
    )
    request_slates()
    request_slates()
    waiting = Rendition.objects.filter(profile=other)
    assert [rendition.status for rendition in waiting] == [Rendition.Status.WAITING]
