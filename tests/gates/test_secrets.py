"""The scan finds what it is for, tells nothing of it, and looks into every commit."""

from __future__ import annotations

import subprocess

import pytest

from tests.gates import secrets

# Put together here, so that the scan does not find this file.
SAMPLES = {
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "AWS access key": "AKIA" + "IOSFODNN7EXAMPLE",
    "GitHub token": "ghp_" + "a1B2" * 9,
    "Google API key": "AIza" + "SyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY"[:35],
    "Slack token": "xoxb-" + "123456789012-abcdefABCDEF",
    "Telegram bot token": "123456789:" + "AA" + "b1C" * 11,
    "JSON web token": "eyJ" + "hbGciOiJSUzI1NiJ9" + "." + "eyJzdWIiOiIxMjM0NTYifQ" + "." + "c2lnbmF0dXJlLXNpZ25hdHVyZQ",
    "key of ours": "lw_" + "Zk3" * 12,
}
RANDOM = "9f8b1c7d2e6a" + "5403bb77c1d0e9f2a4"


@pytest.mark.parametrize(("kind", "sample"), SAMPLES.items(), ids=list(SAMPLES))
def test_a_key_in_a_vendors_form_is_found_wherever_it_stands(kind, sample):
    found = list(secrets.find(f"first line\nit is {sample} here\n".encode(), "notes.md"))
    assert [(finding.place, finding.kind) for finding in found] == [("notes.md:2", kind)]
    assert sample not in str(found[0])


@pytest.mark.parametrize(
    "line",
    [
        'password = "{}"',
        "STREAM_KEY={}",
        '"client_secret": "{}",',
        "auth-token: {}".replace("auth-token", "auth_token"),
        "api_key => '{}'",
    ],
)
def test_random_text_with_a_secrets_name_is_found(line):
    assert len(list(secrets.find(line.format(RANDOM).encode(), "settings"))) == 1


@pytest.mark.parametrize(
    "line",
    [
        'password="correct horse battery"',
        'token = "a-listener-of-the-night-programme"',
        "secret_key = settings.SECRET_KEY_FALLBACKS[0]",
        f'sha256 = "{RANDOM}"',
        'key = "key-one-1234"',
    ],
)
def test_words_digests_and_names_are_not(line):
    assert list(secrets.find(line.encode(), "settings")) == []


def test_what_was_taken_out_again_is_still_found_in_the_history(tmp_path, monkeypatch, capsys):
    def git(*words: str) -> None:
        who = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        command = ["git", *who, *words]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)

    git("init", "--quiet")
    file = tmp_path / "settings.py"
    for content in (f"PASSWORD = '{RANDOM}'\n", "PASSWORD = read()\n"):
        file.write_text(content)
        git("add", "settings.py")
        git("commit", "--quiet", "-m", "one")
    monkeypatch.setattr(secrets, "ROOT", tmp_path)
    assert secrets.main() == 1
    said = capsys.readouterr().out
    assert "settings.py@" in said
    assert RANDOM not in said

    digest = said.partition("(")[2].partition(")")[0]
    (tmp_path / "known.txt").write_text(f"{digest}  a test's own\n")
    monkeypatch.setattr(secrets, "KNOWN", tmp_path / "known.txt")
    assert secrets.main() == 0


def test_every_known_digest_has_its_reason():
    lines = [line for line in secrets.KNOWN.read_text().splitlines() if line and not line.startswith("#")]
    assert all(len(line.split(maxsplit=1)) == 2 for line in lines)
