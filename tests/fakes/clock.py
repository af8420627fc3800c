"""A wall clock that jumps for chosen processes, while everybody else's, and their own monotonic one, goes on."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

from tests.plugins.daemon import find_program


class JumpingClock:
    """Give :attr:`environment` to a process before it starts; then :meth:`jump`."""

    def __init__(self, folder: Path) -> None:
        """Build the library that does it; needs the peer ``compiler``."""
        library = folder / "clock_jump.so"
        source = Path(__file__).with_name("clock_jump.c")
        built = [
            str(find_program("gcc", "cc", "clang")),
            "-shared",
            "-fPIC",
            "-O1",
            "-o",
            str(library),
            str(source),
            "-ldl",
        ]
        done = subprocess.run(built, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{source.name} cannot be compiled (Debian: libc6-dev):\n{done.stderr}")
        folder.chmod(0o755)
        self._file = folder / "jump"
        self.environment = {"LD_PRELOAD": str(library), "CLOCK_JUMP_FILE": str(self._file)}
        self.jump(0)

    def jump(self, seconds: float) -> None:
        """Set the clock to so many seconds from the real time; negative: back."""
        value = struct.pack("q", int(seconds))
        if self._file.exists():
            with self._file.open("r+b") as file:
                file.write(value)  # in place: processes have the page mapped
        else:
            self._file.write_bytes(value)
