"""A station's look reaches its encoder, and what it takes is counted."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from streaming.nodes import difference
from streaming.nodes.process import Usage
from streaming.nodes.spec import look_of
from streaming.playout.spec import parse_look
from streaming.titles.models import TitleDesign
from tests.factories import make_station
from tests.streaming.nodes.test_difference import WANTED


@pytest.mark.django_db
def test_the_loop_alone_is_one_word():
    assert look_of(make_station()) == "loop"


@pytest.mark.django_db
def test_a_band_has_the_titles_colour_and_stands_where_the_title_does_not():
    station = make_station()
    station.look = "spectrum"
    assert look_of(station) == {"kind": "spectrum", "accent": "#f2a33a", "place": "bottom"}
    TitleDesign.objects.create(station=station, enabled=True, accent="#88ccee", position="bottom_end")
    look = look_of(station)
    assert look == {"kind": "spectrum", "accent": "#88ccee", "place": "top"}
    assert parse_look(look, "look").place == "top"


def test_another_look_is_said_on_air():
    changed = replace(WANTED, look={"kind": "waveform", "accent": "#f2a33a", "place": "bottom"})
    said = difference.commands(WANTED, changed)
    assert said == [{"do": "look", "look": changed.look, "id": "look"}]


BUSY = "import time\nend = time.process_time() + 0.6\nwhile time.process_time() < end: pass\n"
LARGE = "held = bytearray(b'x') * (40 << 20); print('large', flush=True); input()"
PARENT = f"""
import subprocess, sys
sys.stdin.readline()
subprocess.run([sys.executable, "-c", {BUSY!r}], check=True)
print("busy", flush=True)
subprocess.run([sys.executable, "-c", {LARGE!r}])
"""


def test_what_an_encoder_starts_counts_as_its_own():
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        usage = Usage(parent.pid)
        _, alone = usage.look()
        parent.stdin.write("\n")
        parent.stdin.flush()
        assert parent.stdout.readline() == "busy\n"
        percent, _ = usage.look()
        assert percent > 5, "the process that has ended took 0.6 s"
        assert parent.stdout.readline() == "large\n"
        _, both = usage.look()
        assert both > alone + 35
    finally:
        parent.stdin.close()
        parent.wait()
