"""Takes webhooks in: the base drives (verify → parse → hand on), a vendor translates.

The order of checks is fixed, and each answer is the same for every vendor:

=====================================================  ==========================================
a request that is                                      is answered
=====================================================  ==========================================
no POST                                                405
larger than 256 KiB, whatever it says of itself        413
for a station in the URL that does not exist           404
without a secret                                       401
with a wrong secret                                    401
with no or a wrong secret, 30 times in a minute        429
genuine, but too many (300 a second, burst 600)        429
no JSON in UTF-8, or nested deeper than 32             400
without a field that is needed, or with a wrong type   422, naming the field by its path
about nothing that plays                               202 ``{"status": "ignored"}``
about a play that is known                             202 ``{"status": "duplicate"}``
about a new play                                       202 ``{"status": "accepted"}``
any of these while the database does not answer        503, nothing is kept
=====================================================  ==========================================

Without a station in the URL the body names it, so the body is read first: 400 and 422 (for the station's name) come
before 404 and 401. That a station exists is no secret: it has a public page.
"""

from __future__ import annotations

import base64
import binascii
import json
from abc import ABC, abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import JsonResponse, UnreadablePostError
from django.utils import timezone

from config.lib import limits
from config.lib.callers import client_address
from config.lib.problem import problem_response
from streaming.sources import services
from streaming.sources.cleaning import TooDeepError, storable
from streaming.sources.errors import (
    BodyTooLargeError,
    MethodWrongError,
    NotJsonError,
    NotStoredError,
    SecretWrongError,
    SourceError,
    StationUnknownError,
    TooManyError,
)
from streaming.sources.models import TrackChange
from streaming.sources.rate import Buckets
from streaming.stations.models import WEBHOOK_SECRET, Station

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from streaming.sources.report import TrackReport

BODY_LIMIT = 256 * 1024
SECRET_LIMIT = 512


# What a sender should know beyond the problem document.
HEADERS = {
    401: ("WWW-Authenticate", 'Basic realm="Longwave webhook", charset="UTF-8"'),
    405: ("Allow", "POST"),
    429: ("Retry-After", "1"),
    503: ("Retry-After", "5"),
}
log = structlog.get_logger(__name__)
security = structlog.get_logger("security")


class Webhook(ABC):
    """One vendor's webhook; a subclass says which station a body is about and what it means."""

    def __init__(self) -> None:
        """Begin with full buckets."""
        self.buckets = Buckets(per_second=300, burst=600)

    @abstractmethod
    def station_name(self, body: Any) -> str:
        """Return the vendor's name of the station a body is about, or raise FieldWrongError."""

    @abstractmethod
    def report(self, body: Any, *, received: datetime) -> TrackReport | None:
        """Translate a body, None when nothing is playing, or raise FieldWrongError."""

    def answer(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Take a request in; ``slug`` is the station in the URL, "" when the body names it."""
        try:
            return JsonResponse({"status": self._receive(request, slug)}, status=202)
        except SourceError as error:
            log.warning("webhook refused", station=slug, status=error.status, reason=error.detail)
            if isinstance(error, SecretWrongError):
                # A line and no row: nothing is written for whoever has no secret, however often they come.
                security.warning("security.webhook_refused", station=slug, ip=client_address(request))
                return _held_back(request, slug) or _refusal(error)
            return _refusal(error)
        except (DatabaseError, InterfaceError) as error:
            log.error("webhook not stored", station=slug, error=str(error))  # noqa: TRY400 - it comes by the hundred
            return _refusal(NotStoredError("The database does not answer. Nothing was kept; send it again."))

    def _receive(self, request: HttpRequest, slug: str) -> str:
        received = timezone.now()
        station, body = self._verified(request, slug)
        report = self.report(body, received=received)
        if report is None:
            return "ignored"
        report = replace(report, payload=body)
        _, created = services.accept_change(station=station, report=report, origin=TrackChange.Origin.WEBHOOK)
        return "accepted" if created else "duplicate"

    def _verified(self, request: HttpRequest, slug: str) -> tuple[Station, Any]:
        if request.method != "POST":
            raise MethodWrongError(f"A webhook is sent with POST, not {request.method}.")
        raw = _body(request)
        station = _station(slug=slug) if slug else None
        secrets = _secrets(request)
        if not secrets:
            raise SecretWrongError("Send the station's secret as X-Webhook-Secret or as the Basic auth password.")
        if station is not None:
            self._check(station, secrets)
            return station, _parsed(raw)
        body = _parsed(raw)
        station = _station(shortcode=self.station_name(body))
        self._check(station, secrets)
        return station, body

    def _check(self, station: Station, secrets: list[str]) -> None:
        if not any(station.knows_webhook_secret(secret) for secret in secrets):
            raise SecretWrongError(f"This is not the webhook secret of {station.slug}. If it is lost, set a new one.")
        # After the secret: a stranger cannot use up what the radio needs.
        if not self.buckets.admit(station.slug):
            raise TooManyError("More requests came than a radio sends. Wait a second and send again.")


def _body(request: HttpRequest) -> bytes:
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if declared.isdecimal() and int(declared[:20]) > BODY_LIMIT:
        raise _too_large()
    try:
        raw = request.read(BODY_LIMIT + 1)  # whatever the length it declares
    except UnreadablePostError as error:
        raise NotJsonError("The body ended early.", field="body") from error
    if len(raw) > BODY_LIMIT:
        raise _too_large()
    return raw


def _too_large() -> BodyTooLargeError:
    return BodyTooLargeError(f"The body may hold {BODY_LIMIT // 1024} KiB.", field="body")


def _station(*, slug: str = "", shortcode: str = "") -> Station:
    # A station's short name at its source comes first, our own name second. Only what is needed is read.
    known = Station.objects.only("slug", *WEBHOOK_SECRET).order_by()
    found = known.filter(shortcode=shortcode).first() if shortcode else None
    found = found or known.filter(slug=slug or shortcode).first()
    if found is None:
        raise StationUnknownError(f"There is no station {(slug or shortcode)[:64]!r}.", field="station")
    return found


def _secrets(request: HttpRequest) -> list[str]:
    given = [request.headers.get("X-Webhook-Secret", "")]
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            pair = base64.b64decode(credentials.strip(), validate=True).decode("latin-1")
        except (binascii.Error, ValueError):
            pair = ""
        given.append(pair.partition(":")[2])
    return [_header_text(secret) for secret in given if secret]


def _header_text(value: str) -> str:
    # Headers reach us as Latin-1; senders mean UTF-8.
    raw = value.encode("latin-1", "replace")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return value


def _parsed(raw: bytes) -> Any:
    try:
        return storable(json.loads(raw.decode("utf-8-sig")))
    except (TooDeepError, RecursionError) as error:
        raise NotJsonError("The body is nested too deeply.", field="body") from error
    except ValueError as error:
        raise NotJsonError(f"The body is no JSON in UTF-8 ({error}).", field="body") from error


def _held_back(request: HttpRequest, slug: str) -> HttpResponse | None:
    """Answer 429 to who keeps sending wrong secrets; the right one always passes: no radio waits for a stranger."""
    most, seconds = settings.LIMITS["webhook.refused"]
    verdict = limits.allow("webhook.refused", f"{limits.caller_key(request)} {slug}", most=most, seconds=seconds)
    return None if verdict.allowed else problem_response(limits.TooManyError(retry_after=verdict.retry_after))


def _refusal(error: SourceError) -> HttpResponse:
    response = problem_response(error)
    if error.status in HEADERS:
        name, value = HEADERS[error.status]
        response[name] = value
    return response
