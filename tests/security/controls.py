"""The 52 controls: which tests hold each one, or what it waits for. As a program it writes the table as Markdown.

A control is held by a file that carries its number; others that go deeper stand beside it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Held:
    """A control, and the files of ``tests/`` that hold it."""

    what: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Pending:
    """A control of something that does not exist yet."""

    what: str
    until: str


def _held(what: str, *files: str) -> Held:
    return Held(what, tuple(f"security/test_{name}.py" if name[0].isdigit() else name for name in files))


CONTROLS: dict[int, Held | Pending] = {
    1: _held("No shell; commands are lists", "01_commands"),
    2: _held("Stored names are made here", "02_names"),
    3: _held("Size, length, count, quota", "03_quota"),
    4: _held("Kinds by content, from a list", "04_kinds"),
    5: _held("Pictures coded anew, capped, stripped", "05_pictures", "catalog/visuals/test_artwork.py"),
    6: _held("Uploads given back harmless", "06_served"),
    7: _held("No archives", "07_archives"),
    8: _held("Decoded whole before it can be shown", "08_unchecked_media", "catalog/visuals/test_verify.py"),
    9: _held("libav gets handles and paths of ours", "09_10_opening_media"),
    10: _held("Lists of protocols, formats, codecs", "09_10_opening_media"),
    11: _held("Media is read shut in", "11_sandbox", "catalog/media/test_sandbox.py"),
    12: _held("No text reaches a filter", "12_titles"),
    13: _held("Tags and titles: bounded in, escaped out", "13_words", "streaming/live/test_pages.py"),
    14: _held("JSON in data blocks, no HTML from data", "14_data_in_pages", "e2e/test_console_policy.py"),
    15: _held("SQL by parameters", "15_sql"),
    16: Pending("Articles are cleaned on the way in and out", "there are articles"),
    17: _held("Tables run nothing in spreadsheets", "17_tables"),
    18: _held("Texts are bounded", "18_bounds"),
    19: _held("One guarded client for typed addresses", "19_20_outbound", "config/lib/test_http.py"),
    20: _held("FFmpeg resolves nothing", "19_20_outbound", "streaming/playout/test_radio_addresses.py"),
    21: _held("Destinations inside need leave", "21_destinations", "streaming/playout/test_addresses.py"),
    22: _held("Who may publish", "22_24_27_rtmp", "streaming/relay/test_carrying.py"),
    23: _held("RTMP callbacks: own socket, secret", "22_24_27_rtmp", "streaming/ingest/test_doors.py"),
    24: _held("Statistics and control are not public", "22_24_27_rtmp", "streaming/relay/test_carrying.py"),
    25: _held("Publishing keys: long, nowhere else", "25_26_keys", "streaming/relay/test_carrying.py"),
    26: _held("Secrets sealed, write only", "25_26_keys", "26_write_only", "config/test_sealed.py"),
    27: _held("nginx runs nothing", "22_24_27_rtmp"),
    28: _held("Codes: random, short-lived, bound", "28_31_codes"),
    29: _held("Codes: five tries, counted first", "28_31_codes"),
    30: _held("Known and unknown answer alike", "28_31_codes"),
    31: _held("Codes are in no log and no answer", "28_31_codes"),
    32: _held("Sessions", "32_sessions"),
    33: _held("Tokens", "33_tokens"),
    34: _held("Websockets", "34_websockets"),
    35: _held("The console wants a second factor", "35_console"),
    36: _held("Links from a fixed address, safe next", "36_links"),
    37: _held("Default deny, everybody at every door", "37_walk"),
    38: _held("Ids tell nothing, foreign rows are not found", "38_ids"),
    39: _held("Fields are said, not guessed", "39_fields"),
    40: _held("Searches and exports obey the same rules", "40_searches"),
    41: _held("Caps on pages, bodies, time", "41_caps"),
    42: _held("Rates by trusted address and person", "42_rates"),
    43: _held("CSRF, CORS from a list", "43_44_browsers"),
    44: _held("CSP with nonces, HSTS, check --deploy", "43_44_browsers", "e2e/test_console_policy.py"),
    45: _held(
        "Webhooks: constant time, refused before a write", "45_webhooks", "streaming/sources/test_azuracast_webhook.py"
    ),
    46: Pending("Credit only what the bank confirms", "there are payments"),
    47: Pending("Prices come from the server", "there are payments"),
    48: _held("No weak or example secret starts", "48_boot", "gates/test_secrets.py"),
    49: _held("JSON queue; database and queue to ourselves", "49_services", "config/test_containers.py"),
    50: _held("Object store: private, short addresses", "50_storage", "catalog/media/test_object_storage.py"),
    51: Pending("The assistant: text is data, caps, no tools", "there is an assistant"),
    52: _held("Security log; weaknesses of dependencies", "52_record", "gates/test_dependencies.py"),
}


def table() -> str:
    """Return the table as Markdown."""
    lines = ["| | control | held by |", "|---|---|---|"]
    for number, control in CONTROLS.items():
        if isinstance(control, Held):
            files = " ".join(f"[{file.rpartition('/')[2]}](../tests/{file})" for file in control.files)
            lines.append(f"| {number} | {control.what} | {files} |")
        else:
            lines.append(f"| {number} | {control.what} | *pending until {control.until}* |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(table())
