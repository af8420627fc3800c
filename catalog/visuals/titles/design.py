"""How a title looks: what an operator chooses, and the colours that follow from it."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.visuals.ink import Rgb

LEAST_CONTRAST = 4.5
# How much of the loop a title's ground covers at least, where there are words.
DENSITY = 0.84
STEPS = 20


@dataclass(frozen=True)
class Design:
    """What an operator chooses; the choices' names are those of ``streaming.titles.models.TitleDesign``.

    Attributes:
        template: ``lower_third``, ``corner_card`` or ``full_card``.
        theme: ``dark`` (light words on dark) or ``light``.
        position: ``bottom_start``, ``bottom_end``, ``top_start`` or ``top_end``; start is where reading starts.
        accent: ``#rrggbb``.
        show_cover: draw the cover if there is one.
        show_station: draw the station's name.
        safe_percent: of the picture's width and height, kept free at each edge.

    """

    template: str = "lower_third"
    theme: str = "dark"
    position: str = "bottom_start"
    accent: str = "#f2a33a"
    show_cover: bool = True
    show_station: bool = True
    safe_percent: int = 5


@dataclass(frozen=True)
class Palette:
    """Colours of a title. Those of words keep a contrast of 4.5 or more on ``ground`` over any loop.

    Attributes:
        ground: under the words.
        ink: the title.
        soft: the artist.
        signal: the station's name.
        accent: the line, as chosen.
        shade: behind letters and panels.

    """

    ground: Rgb
    ink: Rgb
    soft: Rgb
    signal: Rgb
    accent: Rgb
    shade: Rgb


# As in static/longwave/tokens.css: night, night-ink, a grey between; paper, ink, grey-text.
NIGHT: Rgb = (18, 17, 15)
NIGHT_INK: Rgb = (239, 234, 225)
NIGHT_SOFT: Rgb = (206, 200, 189)
PAPER: Rgb = (250, 248, 244)
PAPER_INK: Rgb = (29, 26, 22)
PAPER_SOFT: Rgb = (82, 76, 68)


def palette(design: Design) -> Palette:
    """Return the colours of a design."""
    accent = colour_of(design.accent)
    if design.theme == "light":
        signal = readable(accent, on=mix((0, 0, 0), PAPER, DENSITY))
        return Palette(PAPER, PAPER_INK, PAPER_SOFT, signal, accent, shade=(20, 16, 8))
    signal = readable(accent, on=mix((255, 255, 255), NIGHT, DENSITY))
    return Palette(NIGHT, NIGHT_INK, NIGHT_SOFT, signal, accent, shade=(8, 7, 6))


def colour_of(text: str) -> Rgb:
    """Return the colour that ``#rrggbb`` names."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def readable(colour: Rgb, *, on: Rgb) -> Rgb:
    """Return the colour, taken towards black or white as far as words need it to be read on a ground."""
    towards = max(((0, 0, 0), (255, 255, 255)), key=lambda end: contrast(end, on))
    for step in range(STEPS + 1):
        mixed = mix(colour, towards, step / STEPS)
        if contrast(mixed, on) >= LEAST_CONTRAST:
            return mixed
    return towards


def mix(one: Rgb, other: Rgb, part: float) -> Rgb:
    """Return a colour between two; ``part`` 0 is the one, 1 the other."""
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
    return red, green, blue


def contrast(one: Rgb, other: Rgb) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def luminance(colour: Rgb) -> float:
    """Return the relative luminance, 0 to 1 (WCAG 2.2)."""
    red, green, blue = (_linear(value / 255) for value in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004  # sRGB
