"""What operators type for a destination, taken apart."""

from __future__ import annotations

import pytest

from streaming.outputs import address
from streaming.outputs.errors import DestinationInvalidError

FACEBOOK = "rtmps://live-api-s.facebook.com:443/rtmp"
BACKUP = "rtmps://b.rtmps.youtube.com:443/live2?backup=1"


@pytest.mark.parametrize(
    ("typed", "key", "url", "found"),
    [
        ("rtmp://a.rtmp.youtube.com/live2/abcd-1234", "", "rtmp://a.rtmp.youtube.com/live2", "abcd-1234"),
        ("rtmps://a.rtmps.youtube.com:443/live2", "abcd", "rtmps://a.rtmps.youtube.com:443/live2", "abcd"),
        ("youtube", "abcd", "rtmps://a.rtmps.youtube.com:443/live2", "abcd"),
        ("Twitch", "live_1", "rtmp://live.twitch.tv/app", "live_1"),
        ("rtmp://127.0.0.1:1935/live/st1", "", "rtmp://127.0.0.1:1935/live", "st1"),
        (
            "rtmps://live-api-s.facebook.com:443/rtmp/",
            "FB-1?s_bl=1",
            "rtmps://live-api-s.facebook.com:443/rtmp",
            "FB-1?s_bl=1",
        ),
        (
            "rtmps://live-api-s.facebook.com:443/rtmp/FB-1?s_bl=1",
            "",
            "rtmps://live-api-s.facebook.com:443/rtmp",
            "FB-1?s_bl=1",
        ),
        (
            "rtmps://b.rtmps.youtube.com:443/live2?backup=1",
            "abcd",
            "rtmps://b.rtmps.youtube.com:443/live2?backup=1",
            "abcd",
        ),
        ("rtmp://host/app/instance", "abcd", "rtmp://host/app/instance", "abcd"),
        ("rtmp://[::1]:1935/live/k", "", "rtmp://[::1]:1935/live", "k"),
    ],
)
def test_the_key_is_found_and_the_rest_is_the_address(typed, key, url, found):
    parsed = address.parse(typed, key)
    assert (parsed.url, parsed.key) == (url, found)


@pytest.mark.parametrize(
    ("typed", "key", "field", "word"),
    [
        ("", "", "url", "rtmp://"),
        ("http://a/live/key", "", "url", "rtmp://"),
        ("rtmp:///live/key", "", "url", "host"),
        ("rtmp://user:pass@host/live/key", "", "url", "@"),
        ("rtmp://host:0/live/key", "", "url", "65535"),
        ("rtmp://host:99999/live/key", "", "url", "cannot be read"),
        ("rtmp://host:port/live/key", "", "url", "cannot be read"),
        ("rtmp://[::1/live/key", "", "url", "cannot be read"),
        ("rtmp://host", "key", "url", "application"),
        ("rtmp://host/", "key", "url", "application"),
        ("rtmp://host/live", "", "key", "missing"),
        ("rtmp://host/live", "two words", "key", "blanks"),
        ("rtmp://host/live", "k" * 501, "key", "500"),
        ("rtmp://host/li ve/key", "", "url", "blanks"),
        ("rtmp://host/" + "a" * 600, "key", "url", "500"),
        ("rtmp://live-api-s.facebook.com/rtmp", "key", "url", "rtmps://"),
        ("rtmp://x.global-contribute.live-video.net/app", "key", "url", "Kick"),
        ("kick", "key", "url", "rtmp://"),
    ],
)
def test_what_cannot_be_used_names_the_field_and_the_remedy(typed, key, field, word):
    with pytest.raises(DestinationInvalidError) as refused:
        address.parse(typed, key)
    assert refused.value.field == field
    assert word in str(refused.value)


def test_ports_and_labels_follow_the_platform():
    youtube = address.parse("youtube", "key")
    assert (youtube.port, youtube.label) == (443, "YouTube")
    other = address.parse("rtmp://relay.example/live", "key")
    assert (other.port, other.label) == (1935, "relay.example")


def test_a_platform_is_not_known_by_the_end_of_a_foreign_name():
    assert address.parse("rtmp://notyoutube.com/live", "key").label == "notyoutube.com"
