"""Sentences about lanes and why the sound goes over from one to another. Pure."""

from __future__ import annotations

from streaming.playout.lane_choice import LaneKind, Standing


def called(kind: LaneKind, name: str) -> str:
    """Return what a lane is called at the beginning of a sentence."""
    words = {
        LaneKind.TAKEOVER: "The presenter",
        LaneKind.MAIN: "The main source",
        LaneKind.BACKUP: "The backup",
        LaneKind.EMERGENCY: "The emergency playlist",
        LaneKind.SILENCE: "Silence",
    }[kind]
    return f"{words} {name}" if name and kind in {LaneKind.TAKEOVER, LaneKind.BACKUP} else words


def why(left: Standing, left_called: str, error: str, quiet: float, better: str) -> str:
    """Return why the sound goes over, in a sentence.

    Args:
        left: how the lane stands that is left.
        left_called: what it is called.
        error: what its source complained of, a sentence or "".
        quiet: seconds for which it has been silent.
        better: what the other lane is called if it is better than the one left, else "".

    """
    if left.gone:
        return f"{left_called} was taken off."
    if left.lost:
        return f"{left_called} has been silent for {quiet:.0f} seconds."
    if better:
        return f"{better} is there again." if left.kind is not LaneKind.SILENCE else f"{better} can be heard."
    if error:
        return f"{left_called} is lost: {error}"
    return f"{left_called} sends nothing any more."
