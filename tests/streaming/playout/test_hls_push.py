"""HLS by PUT: segments that play one after another, a playlist that is true, a key nobody reads."""

from __future__ import annotations

import pytest

from streaming.playout.outputs.hls_push import Target
from streaming.playout.spec import HlsPushSpec
from tests.fakes.hls_ingest import HlsIngest
from tests.streaming.playout.certificates import make_certificate, server_context
from tests.streaming.playout.recording import read

KEY = "abcd-secret/&key"
YOUTUBE = "https://a.upload.youtube.com/http_upload_hls?cid={key}&copy=0&file=out.m3u8"


def _push(ingest, scheme="http", **more):
    url = f"{scheme}://127.0.0.1:{ingest.port}/http_upload_hls?cid={{key}}&copy=0&file=out.m3u8"
    return {"id": "p", "kind": "hls_push", "url": url, "key": KEY, "private": True, **more}


@pytest.fixture
def ingest(tmp_path):
    (tmp_path / "platform").mkdir()
    with HlsIngest(tmp_path / "platform", key=KEY) as platform:
        yield platform


def _playable(folder):
    """The playlist as it would stand at the end: a live one has none."""
    whole = folder / "whole.m3u8"
    whole.write_text((folder / "out.m3u8").read_text() + "#EXT-X-ENDLIST\n")
    return read(whole)


def test_names_go_where_the_address_has_a_place_for_them():
    target = Target(HlsPushSpec("p", YOUTUBE, "k/1"))
    assert target.path("7.ts") == "/http_upload_hls?cid=k%2F1&copy=0&file=7.ts"
    assert target.path().endswith("file=out.m3u8")
    assert (target.host, target.port) == ("a.upload.youtube.com", 443)
    beside = Target(HlsPushSpec("p", "http://h:81/a/{key}/out.m3u8?t=1", "k"))
    assert beside.path("7.ts") == "/a/k/7.ts?t=1"
    assert beside.path() == "/a/k/out.m3u8?t=1"


def test_what_is_put_plays_without_a_gap_and_each_segment_by_itself(play, tones, ingest, say):
    source = {"kind": "playlist", "entries": [{"id": "1", "path": str(tones[0])}]}
    player = play(source=source, outputs=[_push(ingest)])
    player.wait_for("output", id="p", up=True)
    segments = ingest.wait_for_segments(4)
    playlist = (ingest.folder / "out.m3u8").read_text()
    assert [line for line in playlist.splitlines() if line.endswith(".ts")] == segments[-5:]
    assert "#EXT-X-MEDIA-SEQUENCE:0" in playlist
    assert playlist.count("#EXTINF:2.000,") == 4
    assert "DISCONTINUITY" not in playlist
    assert (ingest.connections, [o["state"] for o in player.next_statistics()["outputs"]]) == (1, ["up"])
    whole = _playable(ingest.folder)
    say(f"{len(whole.colours)} pictures, largest step {whole.video.largest_step:.1f} ms, {whole.errors} errors")
    assert whole.errors == 0
    assert len(whole.colours) >= 4 * 60 - 3
    assert whole.video.largest_step < 34
    assert whole.audio.backward == 0
    assert whole.audio.largest_step < 43
    for name in segments[:4]:
        part = read(ingest.folder / name)
        assert part.errors == 0
        assert len(part.colours) == 60


@pytest.mark.whole
def test_the_playlist_slides_over_the_newest_five(play, ingest):
    play(outputs=[_push(ingest)])
    segments = ingest.wait_for_segments(7)
    playlist = (ingest.folder / "out.m3u8").read_text()
    assert f"#EXT-X-MEDIA-SEQUENCE:{len(segments) - 5}" in playlist
    assert playlist.count("#EXTINF") == 5


def test_tls_is_verified_and_the_key_is_in_no_word_of_ours(play, tmp_path):
    certificate = make_certificate(tmp_path / "platform.pem")
    (tmp_path / "platform").mkdir()
    with HlsIngest(tmp_path / "platform", server_context(certificate), key=KEY) as ingest:
        stranger = play(outputs=[_push(ingest, "https")])
        assert "offers no TLS that can be trusted" in stranger.wait_for("error", about="output:p")["message"]
        assert ingest.puts == []
        friend = play(environment={"SSL_CERT_FILE": str(certificate)}, outputs=[_push(ingest, "https")])
        ingest.wait_for_segments(2)
        wrong = play(
            environment={"SSL_CERT_FILE": str(certificate)}, outputs=[_push(ingest, "https", key="wrong-secret")]
        )
        said = wrong.wait_for("error", about="output:p")["message"]
        assert said == "127.0.0.1 did not take a segment: it answered 403 Forbidden. Check the address and the key."
        for player in (stranger, friend, wrong):
            words = (player.folder / "stderr.log").read_text() + str(player.events)
            assert "secret" not in words


def test_a_server_that_ends_connections_costs_nothing(play, ingest):
    ingest.hangs_up_after = 3
    player = play(outputs=[_push(ingest)])
    ingest.wait_for_segments(5)
    assert ingest.connections > 2
    assert player.facts("error") == []
    assert "DISCONTINUITY" not in (ingest.folder / "out.m3u8").read_text()


@pytest.mark.whole
def test_after_a_failure_it_goes_on_and_the_playlist_says_that_something_is_missing(play, ingest, tmp_path):
    preview = {"id": "preview", "kind": "hls", "folder": str(tmp_path / "hls")}
    player = play(outputs=[_push(ingest), preview])
    before = len(ingest.wait_for_segments(2))
    ingest.status = 503
    down = player.wait_for("output", id="p", up=False)
    assert "503 Service Unavailable" in down["error"]
    ingest.status = 200
    ingest.wait_for_segments(before + 2)
    playlist = (ingest.folder / "out.m3u8").read_text()
    assert playlist.count("#EXT-X-DISCONTINUITY\n") == 1
    assert _playable(ingest.folder).errors == 0
    assert player.facts("statistics")[-1]["outputs"][1]["reconnects"] == 0
