"""The spec file of one process: what is wanted, with this run's id, folder and socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from streaming.nodes.difference import Wanted
from streaming.nodes.folder import EncoderFolder, read_json, write_private

if TYPE_CHECKING:
    from streaming.nodes.difference import Json


def write(folder: EncoderFolder, run: UUID, wanted: Wanted, *, picture: Json, cue: Json | None, lease: Json) -> None:
    """Write the spec that a process of this run starts from, or would if it were started now; 0600, atomic."""
    write_private(
        folder.spec,
        {
            "station": wanted.station,
            "run": str(run),
            "folder": str(folder.path),
            "socket": str(folder.socket),
            "video": wanted.video,
            "audio": wanted.audio,
            "picture": picture,
            "fallback": wanted.slate,
            "cue": cue,
            "source": wanted.source,
            "outputs": list(wanted.outputs),
            "coding": wanted.coding,
            "transition": wanted.transition,
            "look": wanted.look,
            "sound": wanted.sound,
            "lease": lease,
        },
    )


def read(folder: EncoderFolder) -> Wanted | None:
    """Return what the process that runs here was started as; ``None`` if its spec is gone or unreadable."""
    spec: dict[str, Any] | None = read_json(folder.spec)
    if spec is None:
        return None
    try:
        return Wanted(
            station=spec["station"],
            video=spec["video"],
            audio=spec["audio"],
            source=spec["source"],
            outputs=tuple(spec["outputs"]),
            picture=spec["picture"],
            slate=spec.get("fallback") or spec["picture"],
            coding=spec.get("coding"),
            transition=spec.get("transition") or {"kind": "cut"},
            look=spec.get("look", "loop"),
            sound=spec.get("sound", {}),
        )
    except (KeyError, TypeError):
        return None
