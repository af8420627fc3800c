"""What every vendor's webhook must refuse; a vendor's test class inherits these and says where its webhook is."""

from __future__ import annotations

import base64
import json
from typing import Any, ClassVar

import pytest

from streaming.sources.models import TrackChange
from tests.streaming.sources.conftest import SECRET

LIMIT = 256 * 1024


def basic(password: str, user: str = "azuracast") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


class WebhookCases:
    """Needs ``url`` (a station in it), and ``good`` (a body that is accepted)."""

    url: ClassVar[str]
    good: ClassVar[Any]

    @pytest.fixture(autouse=True)
    def _station(self, station):
        self.station = station

    def post(self, client, body: Any = None, *, url: str = "", secret: str | None = SECRET, **headers: str):
        raw = body if isinstance(body, bytes) else json.dumps(self.good if body is None else body).encode()
        if secret is not None:
            headers["X-Webhook-Secret"] = secret
        return client.post(url or self.url, raw, content_type="application/json", headers=headers)

    def assert_refused(self, response, status: int, field: str = "") -> None:
        assert response.status_code == status, response.content
        assert response["Content-Type"] == "application/problem+json"
        document = response.json()
        assert document["status"] == status
        assert document["title"]
        assert document["detail"]
        if field:
            assert document["errors"][0]["field"] == field
            assert field in document["detail"] or field in {"body", "station"}
        assert not TrackChange.objects.exists()

    def test_a_genuine_report_is_accepted(self, client):
        response = self.post(client)
        assert (response.status_code, response.json()) == (202, {"status": "accepted"})
        assert TrackChange.objects.get().station == self.station

    def test_the_secret_may_be_a_basic_auth_password(self, client):
        assert self.post(client, secret=None, **basic(SECRET)).status_code == 202

    def test_the_user_name_of_basic_auth_does_not_matter(self, client):
        assert self.post(client, secret=None, **basic(SECRET, user="x:y"[:1])).status_code == 202

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"X-Webhook-Secret": ""},
            {"X-Webhook-Secret": "wrong"},
            {"X-Webhook-Secret": SECRET + "x"},
            {"X-Webhook-Secret": SECRET[:-1]},
            {"X-Webhook-Secret": "ümläut"},
            {"Authorization": "Basic"},
            {"Authorization": "Basic !!!"},
            {"Authorization": "Basic " + base64.b64encode(SECRET.encode()).decode()},
            {"Authorization": f"Bearer {SECRET}"},
            basic("wrong"),
            basic(""),
        ],
    )
    def test_no_secret_and_a_wrong_one_are_refused(self, client, headers: dict[str, str]):
        response = self.post(client, secret=None, **headers)
        self.assert_refused(response, 401)
        assert response["WWW-Authenticate"].startswith("Basic ")
        assert SECRET not in response.content.decode()

    def test_a_station_without_a_secret_takes_nothing(self, client):
        self.station.webhook_digest = ""
        self.station.save()
        self.assert_refused(self.post(client, secret=""), 401)
        self.assert_refused(self.post(client), 401)

    def test_a_secret_with_any_letters_is_known(self, client):
        self.station.set_webhook_secret("geheim-ß-秘密")
        self.station.save()
        assert self.post(client, secret=None, **basic("geheim-ß-秘密")).status_code == 202

    def test_a_station_nobody_knows_is_not_found_whatever_the_secret(self, client):
        url = self.url.replace("night-fm", "day-fm")
        self.assert_refused(self.post(client, url=url), 404, "station")
        self.assert_refused(self.post(client, url=url, secret="wrong"), 404, "station")

    @pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"])
    def test_anything_but_a_post_is_refused(self, client, method: str):
        response = client.generic(method, self.url, b"{}", headers={"X-Webhook-Secret": SECRET})
        self.assert_refused(response, 405)
        assert response["Allow"] == "POST"

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"hello",
            b"{",
            b'{"now_playing": ',
            b"{'now_playing': null}",
            b"\xff\xfe{}",
            b'{"a": "\xe9"}',
            b"song=Blue&artist=Ana",
            b"[" * 200_000,
            b'{"a":' * 40_000,
            b'{"a": ' + b"9" * 5000 + b"}",
        ],
        ids=lambda body: repr(body[:16]),
    )
    def test_a_body_that_is_no_json_is_refused(self, client, body: bytes):
        self.assert_refused(self.post(client, body), 400, "body")

    @pytest.mark.parametrize("body", [b"null", b"[]", b'"text"', b"7", b"true"])
    def test_json_that_is_no_object_is_refused(self, client, body: bytes):
        self.assert_refused(self.post(client, body), 422, "body")

    def test_a_body_of_300_kib_is_refused(self, client):
        self.assert_refused(self.post(client, {**self.good, "filler": "x" * 300 * 1024}), 413, "body")

    def test_a_body_one_byte_too_long_is_refused_and_one_that_fits_is_not(self, client):
        body = json.dumps(self.good).encode()
        self.assert_refused(self.post(client, body + b" " * (LIMIT + 1 - len(body))), 413, "body")
        assert self.post(client, body + b" " * (LIMIT - len(body))).status_code == 202

    def test_a_length_that_lies_does_not_let_a_large_body_in(self, client):
        """The body is counted, whatever it is said to hold: a large one is 413, or was cut off and is no JSON."""
        large = json.dumps({**self.good, "filler": "x" * 300 * 1024}).encode()
        for length in ("100", "0", "", "-5", "many"):
            headers = {"X-Webhook-Secret": SECRET}
            response = client.post(self.url, large, "application/json", headers=headers, CONTENT_LENGTH=length)
            assert response.status_code in {400, 413}
        response = client.post(self.url, b"{}", "application/json", headers=headers, CONTENT_LENGTH="9" * 30)
        self.assert_refused(response, 413)

    def test_what_postgresql_cannot_hold_is_dropped_and_the_rest_is_kept(self, client):
        body = {**self.good, "odd": ["a\x00b", "\ud83d", float("1e308"), {"k\x00": 1}]}
        raw = json.dumps(body).replace("1e+308", "1e999").encode()
        assert self.post(client, raw).status_code == 202
        kept = TrackChange.objects.get().payload
        assert kept is not None
        assert kept["odd"] == ["ab", "?", None, {"k": 1}]
