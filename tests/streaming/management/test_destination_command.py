"""Destinations from the command line: every kind, how they are, and one at a time."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from streaming.nodes.models import Encoder
from streaming.outputs.models import Destination
from streaming.outputs.services import add_destination
from tests.factories import make_station

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("destination", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def station():
    return make_station(state=Encoder.State.RUNNING)


@pytest.mark.parametrize("host", ["127.0.0.1:1935", "localhost", "10.1.2.3", "[::1]"])
def test_a_private_address_typed_here_is_meant_and_that_is_said(station, host):
    out, _ = run("add", "night-fm", f"rtmp://{host}/live/key-of-it")
    assert "you typed it here" in out
    assert Destination.objects.get().allow_private


def test_a_public_address_is_not_given_the_permission(station):
    out, _ = run("add", "night-fm", "rtmp://live.example.org/app/key-of-it")
    assert "typed it here" not in out
    assert not Destination.objects.get().allow_private


def test_what_is_never_sent_to_is_refused_here_too(station):
    with pytest.raises(CommandError, match="never sent to"):
        run("add", "night-fm", "rtmp://169.254.169.254/live/key-of-it")


def test_every_option_is_kept(station, tmp_path):
    (tmp_path / "phrase").write_text("0123456789\n")
    run("add", "night-fm", "recording", "--segment", "60", "--keep-hours", "12", "--to-storage")
    run(
        "add", "night-fm", "srt://a.example:9999", "--passphrase-file", str(tmp_path / "phrase"), "--renew-after", "600"
    )
    run("add", "night-fm", "rtmp://a.example/x/kkkk", "--backup-url", "rtmp://b.example/x", "--backup", "both")
    kept, srt, rtmp = (Destination.objects.get(kind=kind) for kind in ("recording", "srt", "rtmp"))
    assert (kept.segment_s, kept.keep_hours, kept.to_storage) == (60, 12, True)
    assert (bool(srt.passphrase_sealed), srt.renew_after_s) == (True, 600)
    assert (rtmp.backup_url, rtmp.backup) == ("rtmp://b.example/x", "both")


def test_a_broken_rule_is_said_on_standard_error(station):
    out, err = run("add", "night-fm", "rtmp://live.twitch.tv/app/live_1234")
    assert "Added Twitch" in out
    assert "constant bit rate" in err


def test_the_list_says_what_fails_and_why(station):
    row = add_destination(station=station, url="youtube", key="abcd-efgh-1234")
    Destination.objects.filter(pk=row.pk).update(state="waiting", last_error="The key was refused.")
    out, _ = run("list", "night-fm")
    assert "waiting to try again" in out
    assert "The key was refused." in out
    (told,) = json.loads(run("list", "night-fm", "--json")[0])
    assert told["error"] == "The key was refused."
    assert told["address"].endswith("••••1234")
    assert {"kind", "platform", "connected", "queued_ms", "renewals", "warnings", "down_since"} <= told.keys()


def test_one_is_paused_resumed_and_connected_anew(station):
    row = add_destination(station=station, url="youtube", key="abcd-efgh-1234")
    run("pause", "night-fm", "YouTube")
    row.refresh_from_db()
    assert not row.enabled
    with pytest.raises(CommandError, match="paused"):
        run("renew", "night-fm", "YouTube")
    run("resume", "night-fm", "YouTube")
    run("renew", "night-fm", "YouTube")
    row.refresh_from_db()
    assert (row.enabled, row.renew_wanted_at is not None) == (True, True)


def test_trying_obeys_the_guard(station):
    add_destination(station=station, url="rtmp://live.example.org/app", key="kkkk", name="Trap")
    Destination.objects.update(url="rtmp://127.0.0.1:9/app")
    with pytest.raises(CommandError, match="allow private addresses"):
        run("test", "night-fm", "Trap")
