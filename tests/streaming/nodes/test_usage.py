"""What a station takes is told with all that its encoder started."""

from __future__ import annotations

import subprocess
import sys

import psutil

from streaming.nodes.process import Usage, _under

FAMILY = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {inner!r}], stdout=subprocess.PIPE)
print(child.stdout.readline(), flush=True)
sys.stdin.read()
child.kill()
child.wait()
"""
INNER = """
import subprocess, sys
end = subprocess.Popen(["sleep", "60"])
print("here", flush=True)
keep = bytearray(40 << 20)
end.wait()
"""


def test_children_and_theirs_are_found_and_counted():
    parent = subprocess.Popen(
        [sys.executable, "-c", FAMILY.format(inner=INNER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert parent.stdout.readline()
        process = psutil.Process(parent.pid)
        found = {child.pid for child in _under(process)}
        assert found == {child.pid for child in process.children(recursive=True)}
        assert len(found) == 2
        _, memory = Usage(parent.pid).look()
        assert memory > process.memory_info().rss / 2**20
    finally:
        for child in psutil.Process(parent.pid).children(recursive=True):
            child.kill()
        parent.communicate()
    assert Usage(parent.pid).look() == (0.0, 0.0)
