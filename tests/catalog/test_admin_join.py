"""The join of a loop in the console: what was measured in a sentence, and the choice."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from catalog.models import Loop, Rendition
from catalog.visuals.content_key import content_key
from tests.factories import make_loop, make_profile, make_rendition

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]


def page(loop: Loop) -> str:
    return reverse("admin:catalog_loop_change", args=[loop.pk])


def save(browser, loop: Loop, **fields):
    inline = {"renditions-TOTAL_FORMS": 0, "renditions-INITIAL_FORMS": 0}
    return browser.post(page(loop), {"name": loop.name, "tags": "", "blend": loop.blend, **inline, **fields})


@pytest.mark.parametrize(
    ("difference", "sentence"),
    [
        (None, "Not measured yet"),
        (0.9, "It joins by itself: from its last picture to its first is 0.9 times a usual step"),
        (12.34, "It jumps: from its last picture to its first is 12.3 times a usual step"),
    ],
)
def test_what_was_measured_is_a_sentence(operator, difference, sentence):
    assert sentence in operator.get(page(make_loop(join_difference=difference))).content.decode()


def test_choosing_has_it_compiled_again_for_what_it_has(operator, sent, django_capture_on_commit_callbacks):
    loop = make_loop()
    older = make_rendition(loop, make_profile())
    with django_capture_on_commit_callbacks(execute=True):
        answer = save(operator, loop, blend="never")
    loop.refresh_from_db()
    today = Rendition.objects.get(content_key=content_key(loop, make_profile()))
    assert loop.blend == Loop.Blend.NEVER
    assert today.pk != older.pk
    assert sent == [("catalog.visuals.compile", [str(today.pk)])]
    assert "compiled again" in " ".join(str(message) for message in get_messages(answer.wsgi_request))


def test_a_new_name_alone_compiles_nothing(operator, sent, django_capture_on_commit_callbacks):
    loop = make_loop()
    make_rendition(loop, make_profile())
    with django_capture_on_commit_callbacks(execute=True):
        save(operator, loop, name="Rain at night")
    loop.refresh_from_db()
    assert (loop.name, sent) == ("Rain at night", [])


def test_a_choice_that_is_none_is_refused_by_name(operator):
    loop = make_loop()
    answer = save(operator, loop, blend="sometimes")
    assert "blend" in answer.context["adminform"].form.errors
    loop.refresh_from_db()
    assert loop.blend == Loop.Blend.AUTO


def test_titled_renditions_are_not_listed_with_their_loop_but_with_the_others(operator):
    from catalog.models import TitleCard

    loop = make_loop()
    make_rendition(loop)
    card = TitleCard.objects.create(content_key="k", width=2, height=2, artist="Ana", title="Blue", file="x")
    make_rendition(loop, card=card, content_key="titled")
    assert "Ana - Blue" not in operator.get(page(loop)).content.decode()
    listing = reverse("admin:catalog_rendition_changelist")
    assert "Ana - Blue" in operator.get(listing).content.decode()
    assert "Ana - Blue" in operator.get(f"{listing}?title=yes").content.decode()
    assert "Ana - Blue" not in operator.get(f"{listing}?title=no").content.decode()
