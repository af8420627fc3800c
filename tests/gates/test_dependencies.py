"""The audit of dependencies says clean, weak or not audited, and never the first for the last."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.fakes.serving import Handler, serving
from tests.gates import dependencies

WEAKNESS = {
    "id": "PYSEC-2099-1",
    "schema_version": "1.0.0",
    "summary": "A weakness",
    "affected": [
        {
            "package": {"name": "weak", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0"}]}],
        }
    ],
}


class Advisories(Handler, BaseHTTPRequestHandler):
    """Speaks OSV's protocol: one package is weak."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps({"vulns": [WEAKNESS]} if asked["package"]["name"] == "weak" else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def database(monkeypatch):
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Advisories)) as server:
        monkeypatch.setenv("AUDIT_URL", f"http://127.0.0.1:{server.server_address[1]}/")
        yield


@pytest.fixture
def no_database(monkeypatch):
    monkeypatch.setenv("AUDIT_URL", "http://127.0.0.1:9/")


@pytest.fixture(autouse=True)
def lock(monkeypatch, tmp_path):
    """A lock of two packages; what was answered is kept in a folder of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    file = tmp_path / "requirements.txt"
    file.write_text("sound==1.0\nother==3.1\n")
    monkeypatch.setattr(dependencies, "LOCK", file)
    return file


def test_what_has_no_known_weakness_passes(database, capsys):
    assert dependencies.main() == dependencies.SOUND
    assert "2 dependencies have no known weakness, asked now" in capsys.readouterr().out


def test_what_has_one_fails_and_says_what_mends_it(database, lock, capsys):
    lock.write_text("sound==1.0\nweak==1.0\n")
    assert dependencies.main() == dependencies.WEAK
    assert "weak 1.0: PYSEC-2099-1, mended in 2.0" in capsys.readouterr().out


def test_without_a_database_it_says_that_nothing_was_audited(no_database, capsys):
    assert dependencies.main() == dependencies.NOT_ASKED
    assert "NOT AUDITED" in capsys.readouterr().out


def test_a_kept_answer_is_told_with_its_age_and_for_its_own_lock_alone(database, lock, monkeypatch, capsys):
    assert dependencies.main() == dependencies.SOUND
    monkeypatch.setenv("AUDIT_URL", "http://127.0.0.1:9/")
    assert dependencies.main() == dependencies.SOUND
    assert "asked 0 days ago, because no advisory database could be asked now" in capsys.readouterr().out
    lock.write_text("sound==1.0\nother==3.2\n")
    assert dependencies.main() == dependencies.NOT_ASKED
    assert "the lock has changed" in capsys.readouterr().out


def test_an_index_that_knows_none_of_the_packages_is_no_audit(monkeypatch, lock):
    answer = dependencies.Answer("x", datetime.now(UTC), [{"name": "a", "skip_reason": "?"}])
    assert answer.skipped == ["a"]
    monkeypatch.setattr(dependencies.Answer, "skipped", property(lambda _: ["a"]))
    assert dependencies.ask(lock) is None


def test_every_accepted_weakness_has_its_reason():
    lines = [line for line in dependencies.ACCEPTED.read_text().splitlines() if line and not line.startswith("#")]
    assert all(len(line.split(maxsplit=1)) == 2 for line in lines)
