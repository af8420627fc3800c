"""Covers are fetched with care, decoded shut in, and kept anew."""

from __future__ import annotations

import io
import struct
import threading
import zlib
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine
from django.utils import timezone
from PIL import Image, ImageDraw

from catalog.visuals import artwork as covers
from catalog.visuals.models import Artwork
from catalog.visuals.tasks import fetch_artwork
from tests.catalog.conftest import kept_files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places", "sent")]


@contextmanager
def serving(body=b"", status=200, headers=()):
    """A web server that always gives this answer; yields an address there, and counts what is asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except ConnectionError:
                asked.append("hung up")

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/cover", asked
    finally:
        server.shutdown()
        server.server_close()


def picture(kind, size=(900, 600), mode="RGB", **options):
    drawn = Image.new("RGB", size, (20, 120, 220))
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((size[0] // 3, 0, size[0] * 2 // 3, size[1]), fill=(220, 60, 30))
    for step in range(0, size[0], 7):
        pen.line((step, 0, size[0] - step, size[1]), fill=(step % 255, 90, 30))
    out = io.BytesIO()
    drawn.convert(mode).save(out, kind, **options)
    return out.getvalue()


def bomb(side=50_000):
    """A small PNG that says it has 2.5 billion pixels."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(4_000_000)))
        + chunk(b"IEND", b"")
    )


def fetched(address):
    return covers.fetch_artwork(artwork_id=covers.request_artwork(address).pk)


@pytest.mark.parametrize(
    "body",
    [
        picture("JPEG", quality=90),
        picture("JPEG", progressive=True),
        picture("JPEG", mode="CMYK"),
        picture("JPEG", mode="L"),
        picture("PNG"),
        picture("PNG", mode="RGBA"),
        picture("PNG", mode="P"),
        picture("WEBP"),
        picture("GIF"),
        picture("PNG", size=(64, 2000)),
        picture("JPEG", size=(3000, 3000)),
    ],
    ids=["jpeg", "progressive", "cmyk", "grey", "png", "alpha", "palette", "webp", "gif", "narrow", "large"],
)
def test_a_cover_becomes_a_square_jpeg_of_our_own(body):
    with serving(body) as (address, _):
        artwork = fetched(address)
    assert (artwork.status, artwork.reason) == (Artwork.Status.READY, "")
    assert len(artwork.sha256) == 64
    with artwork.file.open("rb") as file, Image.open(file) as kept:
        assert kept.format == "JPEG"
        assert kept.width == kept.height <= 800
    assert covers.opened(artwork).mode == "RGB"


def test_the_middle_of_a_wide_cover_is_kept():
    with serving(picture("PNG", size=(1200, 400))) as (address, _):
        kept = covers.opened(fetched(address))
    assert kept.size == (400, 400)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (bomb(), "too many pixels"),
        (picture("JPEG", quality=95)[:9000], "damaged"),
        (picture("PNG")[:2000], "damaged"),
        (picture("WEBP")[:900], "damaged"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>', "no JPEG, PNG"),
        (b"<!doctype html><title>Sign in</title>", "no JPEG, PNG"),
        (b"#EXTM3U\nfile:///etc/passwd\n", "no JPEG, PNG"),
        (b"", "no JPEG, PNG"),
        (bytes(10 * 1024 * 1024), "more than 5120 KiB"),
        (picture("PNG", size=(8, 8)), "too few"),
    ],
    ids=["bomb", "cut jpeg", "cut png", "cut webp", "svg", "html", "playlist", "empty", "10 MiB", "tiny"],
)
def test_what_is_no_cover_is_refused_and_the_row_says_why(places, body, said):
    with serving(body) as (address, _):
        artwork = fetched(address)
    assert artwork.status == Artwork.Status.REFUSED
    assert said in artwork.reason
    assert kept_files(places) == []


def test_a_missing_cover_is_refused():
    with serving(status=404) as (address, _):
        assert "answers with 404" in fetched(address).reason


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "http://169.254.169.254/latest/", "gopher://x/", "", "not an address", "http://a b/", "\0"],
)
def test_an_address_that_may_not_be_called_is_refused(address):
    artwork = fetched(address)
    assert artwork.status == Artwork.Status.REFUSED
    assert artwork.reason


def test_a_private_address_is_refused_where_strangers_are_served(settings):
    settings.OUTBOUND_PRIVATE = False
    with serving(picture("PNG")) as (address, asked):
        artwork = fetched(address)
    assert "does not call" in artwork.reason
    assert asked == []


def test_a_redirect_is_followed_and_checked_like_the_address_itself():
    with serving(picture("PNG")) as (there, _), serving(status=302, headers=[("Location", there)]) as (here, _):
        assert fetched(here).status == Artwork.Status.READY
    with serving(status=301, headers=[("Location", "http://169.254.169.254/")]) as (here, _):
        assert "does not call" in fetched(here).reason
    with serving(status=307, headers=[("Location", "file:///etc/passwd")]) as (here, _):
        assert "http://" in fetched(here).reason


def test_a_redirect_to_itself_ends():
    with serving(status=302, headers=[("Location", "/cover")]) as (address, asked):
        assert "more than 3 times" in fetched(address).reason
    assert len(asked) == 4


def test_an_address_is_asked_for_once(sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first, second = (covers.request_artwork("https://radio.example/art/1.jpg") for _ in range(2))
    assert first == second
    assert sent == [("catalog.visuals.fetch_artwork", [str(first.pk)])]


def test_a_refused_cover_is_tried_again_after_an_hour(sent, django_capture_on_commit_callbacks):
    with serving(status=500) as (address, _):
        refused = fetched(address)
    with django_capture_on_commit_callbacks(execute=True):
        assert covers.request_artwork(address).status == Artwork.Status.REFUSED
    assert sent == []
    later = timezone.now() + timedelta(minutes=61)
    with time_machine.travel(later), django_capture_on_commit_callbacks(execute=True):
        assert covers.request_artwork(address).status == Artwork.Status.WAITING
    assert sent == [("catalog.visuals.fetch_artwork", [str(refused.pk)])]


def test_a_cover_whose_message_was_lost_is_enqueued_again(sent, django_capture_on_commit_callbacks):
    artwork = covers.request_artwork("https://radio.example/art/2.jpg")
    assert covers.requeue_forgotten() == 0
    later = timezone.now() + timedelta(minutes=3)
    with time_machine.travel(later), django_capture_on_commit_callbacks(execute=True):
        assert covers.requeue_forgotten() == 1
        assert covers.requeue_forgotten() == 0
    assert sent == [("catalog.visuals.fetch_artwork", [str(artwork.pk)])]


def test_a_second_message_fetches_nothing():
    with serving(picture("PNG")) as (address, asked):
        artwork = covers.request_artwork(address)
        fetch_artwork(str(artwork.pk))
        fetch_artwork(str(artwork.pk))
    assert len(asked) == 1


def test_a_message_for_a_cover_that_is_gone_is_no_error():
    fetch_artwork("6a2a6c9e-92f5-4b35-9bd8-21f5f9d2a000")


def test_old_covers_go_with_their_files(places, django_capture_on_commit_callbacks):
    with serving(picture("PNG")) as (address, _), serving(status=404) as (other, _):
        old = [fetched(address), fetched(other)]
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        waiting = covers.request_artwork("https://radio.example/art/3.jpg")
        with django_capture_on_commit_callbacks(execute=True):
            assert covers.forget_old() == len(old)
    assert list(Artwork.objects.all()) == [waiting]
    assert kept_files(places) == []
