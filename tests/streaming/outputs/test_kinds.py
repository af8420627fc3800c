"""Every kind of destination has an address of its own, and its secrets are taken out of it."""

from __future__ import annotations

import pytest

from streaming.outputs import address
from streaming.outputs.errors import DestinationInvalidError
from streaming.outputs.models import Destination

Kind = Destination.Kind
HLS = "https://a.upload.youtube.com/http_upload_hls?cid={key}&copy=0&file=out.m3u8"


@pytest.mark.parametrize(
    ("typed", "key", "kind", "url", "found", "platform"),
    [
        ("srt://live.example.org:9999", "", Kind.SRT, "srt://live.example.org:9999", "", ""),
        ("srt://h:9999?latency=200", "id-1", Kind.SRT, "srt://h:9999?latency=200", "id-1", ""),
        ("srt://h:9999?streamid=publish:a&mode=caller", "", Kind.SRT, "srt://h:9999", "publish:a", ""),
        ("https://h/live/out.m3u8", "", Kind.HLS, "https://h/live/out.m3u8", "", ""),
        ("http://h:8080/{key}/out.m3u8", "k-1", Kind.HLS, "http://h:8080/{key}/out.m3u8", "k-1", ""),
        ("youtube-hls", "abcd", Kind.HLS, HLS, "abcd", "youtube"),
        (HLS.replace("{key}", "ab-12"), "", Kind.HLS, HLS, "ab-12", "youtube"),
        ("recording", "", Kind.RECORDING, "", "", ""),
        ("Facebook", "FB-1", Kind.RTMP, "rtmps://live-api-s.facebook.com:443/rtmp", "FB-1", "facebook"),
        ("rtmps://x.global-contribute.live-video.net/app/sk_1", "", Kind.RTMP, None, "sk_1", "kick"),
    ],
)
def test_kind_address_key_and_platform_are_told_apart(typed, key, kind, url, found, platform):
    parsed = address.parse(typed, key)
    assert (parsed.kind, parsed.key, parsed.platform) == (kind, found, platform)
    assert url is None or parsed.url == url


def test_a_passphrase_in_an_address_is_taken_out_of_it():
    parsed = address.parse("srt://h:9999?passphrase=0123456789&latency=120")
    assert (parsed.url, parsed.passphrase) == ("srt://h:9999?latency=120", "0123456789")


@pytest.mark.parametrize(
    ("typed", "key", "passphrase", "field", "word"),
    [
        ("srt://host", "", "", "url", "port"),
        ("srt://host:9/path", "", "", "url", "port"),
        ("srt://host:9?mode=listener", "", "", "url", "listener"),
        ("srt://host:9?pbkeylen=16", "", "", "url", "pbkeylen"),
        ("srt://host:9?latency=soon", "", "", "url", "milliseconds"),
        ("srt://host:9?latency=9000", "", "", "url", "8000"),
        ("srt://host:9", "", "short", "passphrase", "10 to 79"),
        ("srt://host:9", "", "x" * 80, "passphrase", "10 to 79"),
        ("rtmp://host/live", "key", "0123456789", "passphrase", "SRT"),
        ("https://host/live", "", "", "url", "out.m3u8"),
        ("https://host/live/out.m3u8", "key", "", "url", "{key}"),
        ("https://host/{key}/out.m3u8", "", "", "key", "missing"),
        ("https://me:pw@host/out.m3u8", "", "", "url", "@"),
        ("recording", "key", "", "key", "recording"),
        ("relay", "key", "", "url", "RELAY_URL"),
        ("ftp://host/file", "key", "", "url", "rtmp://"),
    ],
)
def test_what_cannot_be_used_names_the_field_and_the_remedy(settings, typed, key, passphrase, field, word):
    settings.RELAY_URL = ""
    with pytest.raises(DestinationInvalidError) as refused:
        address.parse(typed, key, passphrase=passphrase)
    assert refused.value.field == field
    assert word in str(refused.value)


def test_the_relay_is_where_it_is_configured(settings):
    settings.RELAY_URL = "rtmp://relay:1935/in"
    parsed = address.parse("relay", "night")
    assert (parsed.url, parsed.key, parsed.platform, parsed.label) == (
        "rtmp://relay:1935/in",
        "night",
        "relay",
        "Relay",
    )
