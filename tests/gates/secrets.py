"""Looks for secrets in every file of the tree and in every version the history has: ``python -m tests.gates.secrets``.

Two nets: what has the form that a vendor gives its keys, and random text beside a name such as ``password``. Findings
are named by place and kind; the secret itself is never printed. What is known to open nothing stands in ``known.txt``,
by digest and with its reason.
"""

from __future__ import annotations

import hashlib
import math
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KNOWN = Path(__file__).with_name("known.txt")
LARGEST = 2 * 1024 * 1024
BITS = 3.7
"""Shannon's, per character: random hexadecimal has 4 in the long run, words of a language about 3.3."""

FORMS = {
    "private key": rb"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----",
    "AWS access key": rb"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "GitHub token": rb"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})\b",
    "GitLab token": rb"\bglpat-[A-Za-z0-9_-]{20,}\b",
    "Google API key": rb"\bAIza[0-9A-Za-z_-]{35}\b",
    "Google client secret": rb"\bGOCSPX-[A-Za-z0-9_-]{20,}\b",
    "Google refresh token": rb"\b1//[0-9A-Za-z_-]{40,}\b",
    "Slack token": rb"\bxox[abeoprs]-[A-Za-z0-9-]{10,}\b",
    "Slack webhook": rb"hooks\.slack\.com/services/T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/[A-Za-z0-9]{20,}",
    "Discord webhook": rb"discord(?:app)?\.com/api/webhooks/\d{16,}/[A-Za-z0-9_-]{60,}",
    "Telegram bot token": rb"\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b",
    "Xendit key": rb"\bxnd_(?:production|development)_[A-Za-z0-9]{30,}\b",
    "Stripe key": rb"\b[rs]k_live_[A-Za-z0-9]{20,}\b",
    "PyPI token": rb"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{40,}\b",
    "npm token": rb"\bnpm_[A-Za-z0-9]{36}\b",
    "JSON web token": rb"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}",
    "key of ours": rb"\blw_[A-Za-z0-9_-]{32,}\b",
}
NAMED = re.compile(
    rb"""(?i)(?:secret|token|passw(?:or)?d|passphrase|api_?key|stream_?key|auth_?key|credential)[\w.-]{0,20}["']?"""
    rb"""\s*(?:=>|[:=])\s*[bru]?["']?(?P<value>[A-Za-z0-9+/_=-]{20,200})(?![A-Za-z0-9+/_=.(-])"""
)
SHAPES = [(kind, re.compile(form)) for kind, form in FORMS.items()]


@dataclass(frozen=True)
class Finding:
    """A likely secret: where it stands, what it looks like, and its digest."""

    place: str
    kind: str
    digest: str

    def __str__(self) -> str:
        """One line, without the secret."""
        return f"{self.place}: {self.kind} ({self.digest})"


def find(content: bytes, place: str) -> Iterator[Finding]:
    """Yield what looks like a secret in one file's content."""
    for kind, form in SHAPES:
        for match in form.finditer(content):
            yield Finding(f"{place}:{_line(content, match.start())}", kind, _digest(match[0]))
    for match in NAMED.finditer(content):
        if _is_random(match["value"]):
            place_of = f"{place}:{_line(content, match.start())}"
            yield Finding(place_of, "random text with a secret's name", _digest(match["value"]))


def tree() -> Iterator[tuple[str, bytes]]:
    """Yield the files of the working tree that git knows or would add."""
    listing = _git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listing.decode().split("\0")):
        file = ROOT / name
        if file.is_file() and file.stat().st_size <= LARGEST:
            yield name, file.read_bytes()


def history() -> Iterator[tuple[str, bytes]]:
    """Yield every content that any commit has, once."""
    names: dict[str, str] = {}
    for line in _git("rev-list", "--objects", "--all").decode(errors="replace").splitlines():
        number, _, name = line.partition(" ")
        if name:
            names.setdefault(number, name)
    command = ["git", "cat-file", "--batch", "--batch-all-objects", "--unordered", "--buffer"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        while head := process.stdout.readline().decode().split():
            number, kind, size = head[0], head[1], int(head[2])
            content = process.stdout.read(size + 1)[:-1]
            if kind == "blob" and number in names and size <= LARGEST:
                yield f"{names[number]}@{number[:8]}", content


def known() -> set[str]:
    """Return the digests of what is known to open nothing."""
    lines = KNOWN.read_text(encoding="utf-8").splitlines()
    return {line.split()[0] for line in lines if line.strip() and not line.startswith("#")}


def main() -> int:
    """Look through tree and history; return 1 if there is anything."""
    passed = known()
    found: dict[str, Finding] = {}
    count = 0
    for source in (tree(), history()):
        for name, content in source:
            count += 1
            for finding in find(content, name):
                if finding.digest not in passed:
                    found.setdefault(finding.digest, finding)
    for finding in found.values():
        print(finding)
    print(f"{count} contents of the tree and the history were looked through; {len(found)} likely secrets.")
    return 1 if found else 0


def _git(*words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True).stdout  # noqa: S607 - git wherever it is


def _line(content: bytes, place: int) -> int:
    return content.count(b"\n", 0, place) + 1


def _digest(secret: bytes) -> str:
    return hashlib.sha256(secret).hexdigest()[:16]


def _is_random(value: bytes) -> bool:
    """Tell random text from names and words: letters and digits mixed, and few of them again."""
    if not (re.search(rb"[0-9]", value) and re.search(rb"[A-Za-z]", value)):
        return False
    counts = Counter(value)
    bits = -sum(count / len(value) * math.log2(count / len(value)) for count in counts.values())
    return bits >= BITS


if __name__ == "__main__":
    sys.exit(main())
