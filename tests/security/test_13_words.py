"""Control 13: what a radio, a file or a person says is text on every page, in every answer and on every socket."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from accounts.people.models import User
from accounts.people.services import change_profile
from catalog.media.naming import clean_text as clean_tag
from catalog.models import Track
from streaming.cues.models import TrackMapping
from streaming.live.queries import station_snapshot
from streaming.sources.cleaning import clean_text
from streaming.sources.titles import title_report
from tests.factories import enter, make_airing, make_loop, make_station, make_user

pytestmark = pytest.mark.django_db
BAD = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe src=javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<math><mtext></mtext><script>alert(1)</script></math>",
    "<style>@import 'javascript:alert(1)'</style>",
    "<link rel=stylesheet href=//evil.example>",
    "<meta http-equiv=refresh content=0;url=javascript:alert(1)>",
    "<base href=//evil.example/>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<form action=javascript:alert(1)><button>x",
    "<template><script>alert(1)</script></template>",
    '" onmouseover=alert(1) x="',
    "' onmouseover=alert(1) x='",
    "`${alert(1)}`",
    "{{7*7}}{% debug %}",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    "]]><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "<scr\x00ipt>alert(1)</script>",
    "\u202e<script>alert(1)</script>",
]
LEADS = ("href", "src", "action", "formaction", "data", "content")
RUNS = {"iframe", "object", "embed", "base", "math", "details", "template"}


class Reader(HTMLParser):
    """Notes whatever on a page could run what somebody typed."""

    def __init__(self):
        super().__init__()
        self.found, self._script = [], False

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        self._script = tag == "script" and told.get("type") != "application/json"
        self.found += [f"{tag} {name}" for name, value in attrs if name.startswith("on") and "alert" in (value or "")]
        self.found += [f"{tag} {name}" for name in LEADS if "javascript:" in (told.get(name) or "")]
        if tag in RUNS and any("alert" in (v or "") or "evil" in (v or "") for v in told.values()):
            self.found.append(tag)
        if tag in {"link", "meta", "img", "source"} and "evil.example" in str(told.values()):
            self.found.append(tag)

    def handle_data(self, data):
        if self._script and "alert(1)" in data:
            self.found.append("script")
        self._script = False


def what_runs(page):
    reader = Reader()
    reader.feed(page)
    return reader.found


def test_the_reader_sees_what_it_should():
    seen = [bad for bad in BAD[:20] if what_runs(f"<p>{bad}</p>")]
    assert len(seen) >= 15


def quickly_made(number):
    """Somebody without a password: hashing thirty of them takes half a minute."""
    person = User(email=f"p{number}@example.org", password="!")
    person.save()
    return person


@pytest.fixture
def house(client):
    """A station, tracks, mappings and people called like that; and a browser of somebody who may see all of it."""
    owner = make_user("owner@example.org", is_staff=True, is_superuser=True)
    station = make_station(name=BAD[0])
    for number, bad in enumerate(BAD):
        said = clean_text(bad)
        make_airing(station, said, artist=said, album=said, minutes_ago=number, track_key=said[:200])
        loop = make_loop(said, original_name=said, tags=[said[:60]])
        TrackMapping.objects.create(station=station, loop=loop, track_key=f"{number} {said}"[:200])
        Track.objects.create(
            artist=said,
            title=said,
            album=said,
            sha256=f"{number:064}",
            codec="mp3",
            duration_ms=1,
            size=1,
            original_name=said,
        )
        change_profile(person=quickly_made(number), first_name=bad, last_name=bad, bio=bad, address=bad)
    enter(client, owner)
    return station


PAGES = [
    "/",
    "/stations/night-fm/",
    "/admin/",
    "/admin/streaming/station/",
    "/admin/streaming/airing/",
    "/admin/streaming/trackmapping/",
    "/admin/catalog/loop/",
    "/admin/catalog/track/",
    "/admin/accounts/user/",
    "/admin/accounts/change/",
]


def test_on_no_page_does_it_run(client, house):
    for path in PAGES:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert what_runs(answer.content.decode()) == [], path


def test_a_persons_own_page_shows_it_as_text(client, house):
    person = make_user("last@example.org")
    client.force_login(person)
    for bad in BAD:
        change_profile(person=person, first_name=bad, last_name=bad, bio=bad, address=bad)
        assert what_runs(client.get("/account/").content.decode()) == []


def test_the_api_answers_json_that_no_browser_takes_for_a_page(client, house):
    for path in ("/api/v1/stations/", "/api/v1/stations/night-fm/history/", "/api/v1/loops/"):
        answer = client.get(path)
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_what_sockets_send_has_no_controls_in_it(house):
    told = str(station_snapshot(house))
    assert not any(control in told for control in ("\x00", "\u202e"))


@pytest.mark.parametrize("bad", BAD)
def test_what_comes_in_loses_what_is_no_text_and_keeps_the_rest(bad):
    for cleaned in (clean_text(bad), clean_tag(bad, 256)):
        assert cleaned.isprintable()
        assert len(cleaned) <= 256
        assert "alert(1)" in cleaned or "alert" not in bad
    report = title_report(bad, datetime(2026, 1, 1, tzinfo=UTC))
    assert report is None or f"{report.artist}{report.title}".isprintable()
