"""The faults that have to be survived, by number: what is broken, and how."""

from __future__ import annotations

FAULTS = {
    "T01": "the encoder is killed",
    "T02": "the encoder hangs",
    "T03": "nginx-rtmp is killed and comes back",
    "T04": "a destination resets the connection again and again",
    "T05": "a destination stops reading",
    "T06": "the uplink is too slow",
    "T07": "the line is lost",
    "T08": "the radio refuses: 404, 500, redirect loop, no TLS",
    "T09": "the radio stalls",
    "T10": "the radio closes again and again",
    "T11": "the radio is silent",
    "T12": "the codec changes within the stream",
    "T13": "garbage for metadata",
    "T14": "the radio's clock is wrong",
    "T15": "a picture is missing, unreadable or empty",
    "T16": "a picture is damaged",
    "T17": "the picture changes again and again",
    "T18": "timestamps reach 2²⁴ and 2³¹ ms",
    "T19": "a planned renewal of the connection",
    "T20": "days on air",
    "T21": "no processor time",
    "T22": "no memory",
    "T23": "the disk is full",
    "T24": "the clock jumps",
    "T25": "every part is restarted under load",
    "T26": "two of everything",
}
