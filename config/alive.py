"""``python -m config.alive web|worker|beat|node``: exit code 0 if that part of this machine lives, else 1 and why.

For container health checks: asks as little as it can, so that one a minute costs nothing.
"""

from __future__ import annotations

import fcntl
import sys
import time
import urllib.error
import urllib.request

import redis

from config import env, home

LATE = 60.0  # seconds without a sign of life; signs come every ten
SIGNS = {"worker": "longwave.alive.worker", "beat": "longwave.alive.beat"}


def main(part: str) -> str:
    """Return what is wrong with the part; empty when it lives."""
    if part in SIGNS:
        return _sign_of_life(SIGNS[part])
    checks = {"web": _web, "node": _node}
    return checks[part]() if part in checks else f"There is no part {part!r}: web, worker, beat or node."


def _web() -> str:
    address = f"http://127.0.0.1:{home.port()}/health/live"
    try:
        with urllib.request.urlopen(address, timeout=4):
            return ""
    except (urllib.error.URLError, TimeoutError) as error:
        return f"The web process does not answer at {address}: {error}."


def _sign_of_life(key: str) -> str:
    try:
        with redis.Redis.from_url(env.text("REDIS_URL") or home.places().redis_url, socket_timeout=4) as server:
            seen = server.get(key)
    except redis.RedisError as error:
        return f"Redis does not answer: {error}."
    age = time.time() - float(seen) if isinstance(seen, bytes) else LATE
    return "" if age < LATE else f"No sign of life of {key.rpartition('.')[2]} within {LATE:g} s."


def _node() -> str:
    """Look at the lock a node holds: without database or Redis it keeps its stations on air, so neither is asked."""
    try:
        with (home.places().run / "node.lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return ""
    except FileNotFoundError:
        return "No node has run in this home."
    return "No node runs in this home."


if __name__ == "__main__":
    problem = main(sys.argv[1] if len(sys.argv) > 1 else "")
    if problem:
        sys.stderr.write(f"{problem}\n")
    sys.exit(1 if problem else 0)
