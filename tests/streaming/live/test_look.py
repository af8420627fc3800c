"""The look's promises that a machine can hold: contrast, no markup from data, the vendored player unchanged."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[3] / "static" / "longwave"
ORIGINAL_HLS = "482cccb3a224554f64d8c2cf0d335dba4a3819bdb726afbfddfe15de4c277d82"
TEXT = ["ink", "grey-text", "signal", "ok", "warn", "fail", "focus"]


def tokens(scheme: int) -> dict[str, str]:
    """The colours of one scheme: 0 on paper, 1 at night."""
    css = (STATIC / "tokens.css").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for name, value in re.findall(r"--([a-z-]+):\s*([^;]+);", css):
        pair = re.fullmatch(r"light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", value)
        if pair:
            found[name] = pair[scheme + 1]
        elif re.fullmatch(r"#[0-9a-f]{6}", value):
            found[name] = value
    return found


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_itself_is_right():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", [0, 1])
@pytest.mark.parametrize("ground", ["paper", "raised", "grey-fill"])
@pytest.mark.parametrize("colour", TEXT)
def test_every_text_colour_is_readable(scheme, ground, colour):
    known = tokens(scheme)

    assert contrast(known[colour], known[ground]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1])
@pytest.mark.parametrize(
    ("colour", "ground"),
    [
        ("on-signal", "signal-fill"),
        ("night-ink", "night"),
        ("night-grey", "night"),
        ("night-signal", "night"),
        ("night-grey", "night-raised"),
    ],
)
def test_what_stands_on_a_fill_or_the_picture_is_readable(scheme, colour, ground):
    known = tokens(scheme)

    assert contrast(known[colour], known[ground]) >= 4.5


def test_scripts_put_data_in_as_text_only():
    for script in STATIC.glob("*.js"):
        source = script.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", source)


def test_styles_use_only_tokens_that_exist():
    known = set(re.findall(r"--([a-z0-9-]+):", (STATIC / "tokens.css").read_text(encoding="utf-8")))
    for sheet in STATIC.glob("*.css"):
        css = sheet.read_text(encoding="utf-8")
        own = set(re.findall(r"--([a-z0-9-]+):", css))
        assert set(re.findall(r"var\(--([a-z0-9-]+)", css)) <= known | own, sheet.name


def test_styles_read_right_to_left_too():
    for name in ("site.css", "station.css"):
        css = (STATIC / name).read_text(encoding="utf-8")
        assert not re.search(r"(margin|padding|border)-(left|right)|\b(left|right):|text-align: (left|right)", css), (
            name
        )


def test_the_player_is_the_published_one_but_for_its_last_line():
    source = (STATIC / "vendor" / "hls.light.min.js").read_bytes()

    original = source.rstrip(b"\n") + b"\n//# sourceMappingURL=hls.light.min.js.map"
    assert ORIGINAL_HLS in {hashlib.sha256(original + end).hexdigest() for end in (b"", b"\n")}
