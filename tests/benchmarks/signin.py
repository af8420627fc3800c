"""What signing in tells by its time, and how many guesses of a code are looked at.

``python -m tests.benchmarks.signin`` makes a database of its own beside the one that ``DATABASE_URL`` names, and drops
it at the end. Requests go through everything Django does, without a socket.

* **Timing**: 500 pairs (``--pairs``) of a known and an unknown account, in turns, for a wrong password, a reset and a
  code by phone. The medians must be within 10 ms. On a busy machine look at the time that the processor took (CPU).
* **Guesses**: 10,000 (``--guesses``) of one code at once from several processes, each with its own address, with all
  other limits lifted. At most five may be compared.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["SMS_PROVIDER"] = "console"

KNOWN, UNKNOWN = ("ana@example.org", "+628123456789"), ("eve@example.org", "+628123456780")
PROCESSES, THREADS = 4, 8
MOST_MS, MOST_LOOKED_AT = 10.0, 5


def main() -> int:
    """Measure, print, and return 1 when a figure does not hold."""
    options = _options()
    import django

    django.setup()
    _lift_limits()
    if options.guesser:
        return _guess(options)
    with _database() as name:
        holds = _timing(options.pairs, options.only)
        return 0 if _guesses(options.guesses, name) and holds else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=500)
    parser.add_argument("--guesses", type=int, default=10_000)
    parser.add_argument("--only", default="", help="just the doors whose name holds this")
    parser.add_argument("--guesser", nargs=3, help=argparse.SUPPRESS)
    return parser.parse_args()


def _lift_limits() -> None:
    from django.conf import settings

    from config.celery import app
    from config.lib import limits

    settings.LIMITS = dict.fromkeys(settings.LIMITS, (10000000, 60))
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.LOGGING_CONFIG = None
    limits.PREFIX = f"longwave.limit.benchmark.{uuid4().hex}"
    app.conf.update(broker_url="memory://")  # queued for nobody, alike for both
    import logging

    logging.disable(logging.CRITICAL)


@contextmanager
def _database() -> Iterator[str]:
    """Make and fill a database."""
    from django.db import connection

    before = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"benchmark_signin_{os.getpid()}"
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield name
    finally:
        connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's
        connection.creation.destroy_test_db(before, verbosity=0)


def _timing(pairs: int, only: str) -> bool:
    from tests.factories import make_user

    make_user(KNOWN[0], phone=KNOWN[1])
    print(f"{pairs} pairs each: medians      known      unknown   difference      CPU known  unknown")
    holds = [_compared(what, ask, pairs) for what, ask in _doors().items() if only in what] if pairs else []
    return all(holds)


def _doors() -> dict[str, Callable[[Any, tuple[str, str]], Any]]:
    return {
        "wrong password": lambda browser, who: browser.post(
            "/account/login/", {"login": who[0], "password": "wrong horse battery"}
        ),
        "token, wrong password": lambda browser, who: browser.post(
            "/api/v1/auth/token/", {"email": who[0], "password": "wrong"}, content_type="application/json"
        ),
        "password reset": lambda browser, who: browser.post("/account/password/reset/", {"email": who[0]}),
        "code by phone": lambda browser, who: browser.post(
            "/api/v1/auth/phone/", {"phone": who[1]}, content_type="application/json"
        ),
    }


def _compared(what: str, ask: Callable[[Any, tuple[str, str]], Any], pairs: int) -> bool:
    """Ask in turns, so that whatever the machine does meanwhile meets both."""
    from django.test import Client

    took: dict[tuple[str, str], list[tuple[float, float]]] = {KNOWN: [], UNKNOWN: []}
    said = set()
    for number in range(pairs + 5):
        for who in random.sample([KNOWN, UNKNOWN], 2):
            began, cpu = time.perf_counter(), time.process_time()
            answer = ask(Client(REMOTE_ADDR=f"203.0.{number // 250}.{number % 250 + 1}"), who)
            if number >= 5:
                took[who].append((time.perf_counter() - began, time.process_time() - cpu))
            said.add(answer.status_code)
    known, unknown, *worked = [statistics.median(row[n] for row in took[who]) * 1000 for n in (0, 1) for who in took]
    difference = abs(known - unknown)
    print(
        f"{what:22} {known:11.2f} ms {unknown:9.2f} ms {difference:8.2f} ms  {worked[0]:9.2f} ms {worked[1]:9.2f} ms"
        f"   (status {said})",
        flush=True,
    )
    return len(said) == 1 and difference < MOST_MS


def _guesses(count: int, database: str) -> bool:
    """Have processes guess one code side by side."""
    from django.test import RequestFactory

    from accounts.signin.models import PhoneChallenge
    from accounts.signin.phone import services

    request = RequestFactory().post("/", REMOTE_ADDR="203.0.113.1")
    asked = services.ask_to_sign_in(phone=KNOWN[1], request=request)
    command = [sys.executable, "-m", "tests.benchmarks.signin", "--guesses", str(count // PROCESSES), "--guesser"]
    environment = {**os.environ, "BENCHMARK_DATABASE": database}
    began = time.perf_counter()
    crowd = [
        subprocess.Popen(
            [*command, str(asked.challenge), asked.secret, str(number)],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(PROCESSES)
    ]
    looked_at = sum(int(one.communicate()[0]) for one in crowd)
    took = time.perf_counter() - began
    row = PhoneChallenge.objects.get(pk=asked.challenge)
    print(f"{count} guesses from {PROCESSES} processes in {took:.1f} s: {looked_at} looked at, {row.tries} counted")
    return looked_at <= MOST_LOOKED_AT and not any(one.returncode for one in crowd)


def _guess(options: argparse.Namespace) -> int:
    """Guess, in one of the processes; print how many guesses were compared."""
    from django.db import connection
    from django.test import RequestFactory

    from accounts.signin.phone import codes, services
    from accounts.signin.phone.errors import CodeRefusedError

    connection.settings_dict["NAME"] = os.environ["BENCHMARK_DATABASE"]
    challenge, secret, number = options.guesser
    looked_at: list[str] = []
    compare = codes.is_right

    def counting(code: str, kept: str) -> bool:
        looked_at.append(code)
        return compare(code, kept)

    codes.is_right = counting

    def guess(code: int) -> None:
        request = RequestFactory().post("/", REMOTE_ADDR=f"203.{number}.{code // 250}.{code % 250 + 1}")
        try:
            services.sign_in(challenge=challenge, secret=secret, code=f"{code:06d}", request=request)
        except CodeRefusedError:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as crowd:
        list(crowd.map(guess, range(options.guesses)))
    print(len(looked_at))
    return 0


if __name__ == "__main__":
    sys.exit(main())
