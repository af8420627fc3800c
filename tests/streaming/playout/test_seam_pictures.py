"""Transitions as a viewer sees them: frames of a recording, before, in and after, against golden pictures.

Renew the golden pictures after a change that is meant, look at each, and commit them with it:

    LONGWAVE_RENEW=1 bin/test tests/streaming/playout/test_seam_pictures.py
"""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from catalog.visuals.inside.encoder import Encoder
from catalog.visuals.scenes import aurora, sine_field
from tests.streaming.playout.compiled import CODING, PROFILE

pytestmark = pytest.mark.peers("nginx")
GOLDEN = Path(__file__).parent / "golden"
SCENES = {"aurora": aurora, "field": sine_field}
FRAMES = 130
DUE = 6.0  # media time, so the old picture always stands at the same frame
# Relative to the first frame of the transition; it mixes 30 and codes 60, then the new rendition is copied.
PLACES = (-1, 7, 15, 22, 31, 61)
# Of 255: another build may round otherwise; another frame of either scene costs more.
MOST_MEAN, MOST_BLOCK = 1.0, 14.0
BLOCK = 10
WIDTH, HEIGHT = 160, 90


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenes")
    return {name: _rendition(folder / f"{name}.mp4", scene) for name, scene in SCENES.items()}


def _rendition(path, scene):
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        encoder = Encoder(handle, PROFILE)
        for frame in itertools.islice(scene.frames(), FRAMES):
            encoder.add(frame.reformat(PROFILE.width, PROFILE.height, "yuv420p"))
        encoder.finish()
    finally:
        os.close(handle)
    return path


@pytest.mark.whole
@pytest.mark.parametrize("kind", ["crossfade", "fade", "wipe"])
def test_a_transition_looks_as_it_should_before_in_and_after(kind, play, scenes, nginx_rtmp):
    player = play(
        picture={"id": "aurora", "path": str(scenes["aurora"])},
        coding=CODING,
        transition={"kind": kind, "ms": 1000},
        outputs=[{"id": "p", "kind": "rtmp", "url": nginx_rtmp.rtmp_url(), "key": "st", "private": True}],
    )
    command = {"do": "show", "cue": {"id": "c", "track": {"t": "c"}}, "at": DUE}
    player.send({**command, "picture": {"id": "field", "path": str(scenes["field"])}})
    aired = player.wait_for("aired", origin="show")
    assert aired["seam"] == "played"
    player.next_statistics(lambda e: e["frame"] > aired["frame"] + 90)
    player.stop()
    strip = _strip(nginx_rtmp.wait_for("record_done", "st").path, aired["frame"])
    path = GOLDEN / f"seam-{kind}.png"
    if os.environ.get("LONGWAVE_RENEW"):
        GOLDEN.mkdir(exist_ok=True)
        Image.fromarray(strip).save(path, optimize=True)
    golden = np.asarray(Image.open(path).convert("RGB"))
    mean, block = _apart(strip, golden)
    assert mean <= MOST_MEAN
    assert block <= MOST_BLOCK
    shifted = _apart(np.roll(strip, WIDTH, axis=1), golden)
    assert shifted[0] > 4 * MOST_MEAN, "the tolerance would let other frames pass"


def _strip(path, begin):
    with av.open(str(path)) as container:
        frames = list(itertools.islice(container.decode(video=0), begin + max(PLACES) + 1))
    small = [frames[begin + place].reformat(WIDTH, HEIGHT).to_ndarray(format="rgb24") for place in PLACES]
    return np.hstack(small)


def _apart(one, other):
    apart = np.abs(one.astype(np.int16) - other.astype(np.int16)).mean(axis=2)
    height, width = apart.shape
    blocks = apart.reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK).mean(axis=(1, 3))
    return float(apart.mean()), float(blocks.max())
