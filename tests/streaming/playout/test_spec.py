"""Specs and commands are checked; what is wrong is named with its place."""

from __future__ import annotations

import copy
import json
import subprocess
import sys

import pytest

from streaming.playout.errors import SpecError
from streaming.playout.spec import RenewSpec, RtmpSpec, parse_spec
from tests.streaming.playout.player import ROOT, make_spec

RTMP = {"id": "a", "kind": "rtmp", "url": "rtmps://a.example:443/live2", "key": "secret-key"}


@pytest.fixture
def good(tmp_path):
    picture = ("red", tmp_path / "red.mp4")
    radio = {"kind": "radio", "url": "http://radio.example/live", "titles": True}
    return make_spec(tmp_path, picture, source=radio, outputs=[RTMP])


def test_a_good_spec_is_understood(good):
    spec = parse_spec(good)
    assert spec.frame_rate == 30
    assert spec.outputs[0].key == "secret-key"


def test_what_is_not_said_about_renewal_is_the_limit_of_the_format(good):
    assert parse_spec(good).outputs[0].renew == RenewSpec(after_s=20 * 86400, quiet_hour=None, overlap="none")


def test_a_lease_without_an_end_lasts_for_ever(good):
    assert parse_spec(good).lease is None
    assert parse_spec({**good, "lease": {"until": None}}).lease is None
    assert parse_spec({**good, "lease": {"until": 12.5}}).lease == 12.5


def test_a_stream_key_shows_in_no_representation(good):
    assert "secret-key" not in repr(parse_spec(good))
    assert "secret-key" not in str(RtmpSpec("a", "rtmp://x/y", "secret-key"))


@pytest.mark.parametrize(
    ("place", "value", "field"),
    [
        (("station",), "", "station"),
        (("run",), None, "run"),
        (("folder",), "relative/path", "folder"),
        (("video",), [], "video"),
        (("video", "width"), "1280", "video.width"),
        (("video", "frame_rate"), 0, "video.frame_rate"),
        (("audio", "sample_rate"), True, "audio.sample_rate"),
        (("audio", "channels"), 6, "audio.channels"),
        (("picture",), None, "picture"),
        (("picture", "path"), "x.mp4", "picture.path"),
        (("source",), "radio", "source"),
        (("source", "kind"), "tape", "source.kind"),
        (("source", "url"), "file:///etc/passwd", "source.url"),
        (("source", "url"), "http://", "source.url"),
        (("source", "url"), "http://[::1", "source.url"),
        (("source", "url"), "http://host:99999/", "source.url"),
        (("source",), {"kind": "playlist", "entries": []}, "source.entries"),
        (("source",), {"kind": "playlist", "entries": [{"id": "1"}]}, "source.entries[0].path"),
        (("outputs",), {}, "outputs"),
        (("outputs",), [RTMP, RTMP], "outputs"),
        (("outputs", 0, "kind"), "tape", "outputs[0].kind"),
        (("outputs", 0, "private"), 1, "outputs[0].private"),
        (("outputs", 0, "backup_url"), "b.example", "outputs[0].backup_url"),
        (("outputs", 0, "renew"), {"after_s": 5}, "outputs[0].renew.after_s"),
        (("outputs", 0, "renew"), {"after_s": 30 * 86400}, "outputs[0].renew.after_s"),
        (("outputs", 0, "renew"), {"quiet_hour": 24}, "outputs[0].renew.quiet_hour"),
        (("outputs", 0, "renew"), {"overlap": "both"}, "outputs[0].renew.overlap"),
        (("outputs", 0, "renew"), {"overlap": "backup"}, "outputs[0].renew.overlap"),
        (("outputs", 0, "start_ms"), 2**31, "outputs[0].start_ms"),
        (("lease",), 5, "lease"),
        (("lease",), {"until": "soon"}, "lease.until"),
        (("outputs", 0, "url"), "http://a.example/live2", "outputs[0].url"),
        (("outputs", 0, "key"), "", "outputs[0].key"),
        (("cue",), {"track": {}}, "cue.id"),
    ],
)
def test_each_wrong_field_is_named(good, place, value, field):
    wrong = copy.deepcopy(good)
    target = wrong
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    with pytest.raises(SpecError) as caught:
        parse_spec(wrong)
    assert caught.value.field == field


@pytest.mark.parametrize("text", ["", "[]", "{", '{"station": 1}'])
def test_a_wrong_file_ends_with_usage_and_a_sentence(tmp_path, text):
    file = tmp_path / "spec.json"
    file.write_text(text)
    ended = _run(file)
    assert ended.returncode == 64
    assert "Traceback" not in ended.stderr
    assert "spec.json" in ended.stderr


def test_a_missing_first_picture_ends_with_no_input(tmp_path):
    file = tmp_path / "spec.json"
    file.write_text(json.dumps(make_spec(tmp_path, ("gone", tmp_path / "gone.mp4"))))
    ended = _run(file)
    assert ended.returncode == 66
    assert "gone.mp4" in ended.stderr


def _run(file):
    return subprocess.run(
        [sys.executable, "-m", "streaming.playout", str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
