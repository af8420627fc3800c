"""A title card laid over a loop when it is compiled: where it is drawn, in the right colours, and nowhere else."""

from __future__ import annotations

import io

import numpy as np
import pytest
from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from catalog.visuals import cards
from catalog.visuals.models import Loop, Rendition, TitleCard
from catalog.visuals.services import compile_rendition, rendition_path, request_rendition, take_in
from tests.catalog.films import film, pictures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places", "sent")]
BOX = (41, 101, 161, 161)
RED = (63, 102, 240)  # of pure red: Y, Cb, Cr in BT.709, limited range (ITU-R BT.709-6, 3.4)


def card(*, size=(320, 180), fill=(255, 0, 0, 255), mode="RGBA", name="card") -> TitleCard:
    """A card with one filled box."""
    image = Image.new(mode, size)
    ImageDraw.Draw(image).rectangle((BOX[0], BOX[1], BOX[2] - 1, BOX[3] - 1), fill=fill)
    out = io.BytesIO()
    image.save(out, "PNG")
    row = TitleCard(content_key=name, width=size[0], height=size[1], title="Blue", size=len(out.getvalue()))
    row.file.save(f"{name}.png", ContentFile(out.getvalue()))
    return row


@pytest.fixture
def loop(tmp_path) -> Loop:
    loop = take_in(path=film(tmp_path / "a.mp4", frames=300), original_name="a.mp4")
    loop.blend = Loop.Blend.NEVER
    loop.save()
    return loop


def compiled(loop: Loop, profile, card: TitleCard | None) -> Rendition:
    return compile_rendition(rendition_id=request_rendition(loop=loop, profile=profile, card=card).pk)


def planes(rendition: Rendition) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    found = []
    for frame in pictures(rendition_path(rendition)):
        whole = frame.to_ndarray(format="yuv420p").astype(np.int16)
        chroma = whole[180:].reshape(2, 90, 160)
        found.append((whole[:180], chroma[0], chroma[1]))
    return found


def test_a_card_is_on_every_picture_in_the_right_colour_and_nowhere_else(loop, small):
    plain, titled = planes(compiled(loop, small, None)), planes(compiled(loop, small, card()))
    assert len(plain) == len(titled) == 300
    for (luma, *_), (under, *chroma) in zip(plain[::37], titled[::37], strict=True):
        inside = (under[110:150, 50:150], chroma[0][55:75, 25:75], chroma[1][55:75, 25:75])
        assert [round(float(plane.mean())) for plane in inside] == pytest.approx(RED, abs=2)
        assert np.abs(luma[:90] - under[:90]).mean() < 2
        assert np.abs(luma[:, 180:] - under[:, 180:]).mean() < 2


def test_half_transparent_is_half_of_both(loop, small):
    plain = planes(compiled(loop, small, None))
    titled = planes(compiled(loop, small, card(fill=(255, 255, 255, 128))))
    below, mixed = plain[255][0][110:150, 50:150], titled[255][0][110:150, 50:150]
    assert np.abs(mixed - (below + 235) / 2).mean() < 3


def test_a_titled_rendition_follows_a_plain_one_without_a_break(loop, small):
    for title in (None, card()):
        assert compiled(loop, small, title).status == Rendition.Status.READY
    small.refresh_from_db()
    assert small.extradata is not None  # one record: another one would have been refused


def test_titles_of_one_loop_are_renditions_of_their_own(loop, small):
    keys = {request_rendition(loop=loop, profile=small, card=title).pk for title in (None, card(), card(name="b"))}
    assert len(keys) == 3
    assert request_rendition(loop=loop, profile=small, card=TitleCard.objects.get(content_key="b")).pk in keys


@pytest.mark.parametrize("how", [{"size": (640, 360)}, {"mode": "RGB", "fill": (255, 0, 0)}], ids=["size", "opaque"])
def test_a_card_of_another_kind_fails_with_the_reason(loop, small, how, monkeypatch):
    monkeypatch.setattr(cards, "box", lambda _: (0, 0, 100, 100))
    rendition = compiled(loop, small, card(**how))
    assert rendition.status == Rendition.Status.FAILED
    assert "320×180" in rendition.reason


def test_a_card_whose_file_is_gone_fails_with_the_reason(loop, small):
    title = card()
    title.file.storage.delete(str(title.file.name))
    rendition = compiled(loop, small, title)
    assert rendition.status == Rendition.Status.FAILED
    assert "missing" in rendition.reason


def test_the_box_is_even_and_holds_all_that_is_drawn(tmp_path):
    path = tmp_path / "card.png"
    image = Image.new("RGBA", (320, 180))
    image.putpixel((41, 101), (255, 255, 255, 3))
    image.putpixel((318, 179), (255, 255, 255, 255))
    image.save(path)
    assert cards.box(path) == (40, 100, 280, 80)
    Image.new("RGBA", (320, 180)).save(path)
    assert cards.box(path) == (0, 0, 2, 2)
    Image.new("RGBA", (320, 180), (0, 0, 0, 255)).save(path)
    assert cards.box(path) == (0, 0, 320, 180)
