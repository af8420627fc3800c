"""A straight line through what was measured, as figures, as text and as a picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 900, 560, 80, 70, 60, 40
INK, FAINT, ACCENT, LIMIT = (30, 30, 30), (220, 220, 220), (200, 90, 20), (170, 30, 30)
BAR = 50


@dataclass(frozen=True)
class Line:
    """``y = base + slope * x`` by least squares, and how much of the variation it explains (1: all)."""

    base: float
    slope: float
    fit: float


def line_through(points: list[tuple[float, float]]) -> Line:
    """Return the line nearest to the points; through the only one and the origin if there is just one."""
    if len(points) < 2:
        x, y = points[0]
        return Line(0.0, y / x, 1.0)
    n = len(points)
    middle_x, middle_y = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    spread = sum((x - middle_x) ** 2 for x, _ in points)
    slope = sum((x - middle_x) * (y - middle_y) for x, y in points) / spread
    base = middle_y - slope * middle_x
    rest = sum((y - base - slope * x) ** 2 for x, y in points)
    total = sum((y - middle_y) ** 2 for _, y in points)
    return Line(base, slope, 1 - rest / total if total else 1.0)


def as_text(points: list[tuple[float, float]], unit: str) -> str:
    """Return bars."""
    most = max(y for _, y in points)
    return "\n".join(f"{x:>5.0f} | {'#' * round(BAR * y / most)} {y:.1f} {unit}" for x, y in points)


def draw(path: Path, series: dict[str, list[tuple[float, float]]], title: str, limit: float) -> None:
    """Write a PNG: CPU of all stations (per cent of a core) over their number, with the machine's limit."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(15)
    most_x = max(x for points in series.values() for x, _ in points) * 1.08
    most_y = max(limit, *(y for points in series.values() for _, y in points)) * 1.08

    def place(x: float, y: float) -> tuple[float, float]:
        return LEFT + x / most_x * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - y / most_y * (HEIGHT - TOP - BOTTOM)

    pen.text((LEFT, 18), title, INK, ImageFont.load_default(18))
    for step in range(0, int(most_y) + 1, 25):
        pen.line([place(0, step), place(most_x, step)], FAINT)
        pen.text((LEFT - 12, place(0, step)[1]), f"{step} %", INK, font, anchor="rm")
    for x in sorted({x for points in series.values() for x, _ in points}):
        pen.text((place(x, 0)[0], HEIGHT - BOTTOM + 10), f"{x:.0f}", INK, font, anchor="ma")
    pen.text((WIDTH / 2, HEIGHT - 24), "stations", INK, font, anchor="ma")
    pen.line([place(0, limit), place(most_x, limit)], LIMIT, 2)
    for number, (name, points) in enumerate(series.items()):
        colour = (ACCENT, (40, 90, 160), (60, 130, 70))[number % 3]
        line = line_through(points)
        last = max(x for x, _ in points)
        pen.line([place(0, max(0.0, line.base)), place(last, line.base + line.slope * last)], colour, 2)
        for x, y in points:
            a, b = place(x, y)
            pen.ellipse([a - 5, b - 5, a + 5, b + 5], fill=colour)
        pen.text((LEFT + 16, TOP + 10 + 20 * number), f"{name}: {line.slope:.2f} % per station", colour, font)
    image.save(path)
