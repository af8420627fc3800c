"""The doors for the ingest server: may this publisher in, and that one has gone.

=====================================================  ==========================================
a call that is                                         is answered
=====================================================  ==========================================
no POST                                                405
made while takeovers are off                           404
without the ingest server's secret, or a wrong one     403
genuine, but too many (20 a second, burst 100)         429
larger than 8 KiB, whatever it says of itself          413
not nginx-rtmp's form, or with a field twice           400
a publish with a key that is unknown or revoked        403
a publish while the database does not answer           503
a publish that may                                     302, ``Location`` is the stream's name inside
the end of a publish                                   204, whether it was on air or not
=====================================================  ==========================================

nginx-rtmp refuses the publisher on anything but 2xx and 3xx, and when nobody answers at all: it fails closed. The
secret comes in a header, so it stands in no log of addresses; a key comes in the body and is never repeated.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpResponse, UnreadablePostError
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from config.lib.problem import LongwaveError, problem_response
from streaming.ingest import services
from streaming.ingest.callbacks import read_call
from streaming.ingest.errors import (
    CallerUnknownError,
    CallTooLargeError,
    CallWrongError,
    IngestOffError,
    NotDecidedError,
    TooManyPublishesError,
)
from streaming.sources.rate import Buckets

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from streaming.ingest.callbacks import Publish

log = structlog.get_logger(__name__)
BODY_LIMIT = 8 * 1024
HEADER = "X-Ingest-Secret"
buckets = Buckets(per_second=20, burst=100)


def _door(call: str) -> Callable[[Callable[[Publish], HttpResponse]], Callable[[HttpRequest], HttpResponse]]:
    """Make a view of what is done with a genuine call."""

    def made(work: Callable[[Publish], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
        @csrf_exempt  # the secret proves the caller; no cookie is looked at
        @require_POST
        @wraps(work)
        def view(request: HttpRequest) -> HttpResponse:
            try:
                return work(_genuine(request, call))
            except LongwaveError as error:
                log.warning("ingest call refused", call=call, status=error.status, reason=error.detail)
                return problem_response(error)
            except (DatabaseError, InterfaceError) as error:
                log.error("ingest call not decided", call=call, error=str(error).strip())  # noqa: TRY400 - it comes by the hundred
                return problem_response(NotDecidedError("The database does not answer, so nobody is let in."))

        return view

    return made


@_door("publish")
def publish(called: Publish) -> HttpResponse:
    """Let a publisher in under a name of our own, or not."""
    takeover = services.begin_takeover(key=called.key, client_id=called.client_id, address=called.address)
    answer = HttpResponse(status=302)
    answer["Location"] = takeover.stream
    return answer


@_door("publish_done")
def publish_done(called: Publish) -> HttpResponse:
    """Hear that a publisher has gone."""
    services.publish_ended(key=called.key, client_id=called.client_id)
    return HttpResponse(status=204)


def _genuine(request: HttpRequest, call: str) -> Publish:
    if not settings.INGEST.url:
        raise IngestOffError("Set INGEST_URL to let presenters take stations over.")
    given = request.headers.get(HEADER, "").encode("latin-1", "replace")
    if not given or not constant_time_compare(given, settings.INGEST.secret.encode()):
        raise CallerUnknownError("The ingest server's secret is missing or wrong. Render its configuration anew.")
    if not buckets.admit(call):
        raise TooManyPublishesError("More calls came than presenters make.")
    return read_call(_body(request), call=call)


def _body(request: HttpRequest) -> bytes:
    try:
        raw = request.read(BODY_LIMIT + 1)
    except UnreadablePostError as error:
        raise CallWrongError("The body ended early.", field="body") from error
    if len(raw) > BODY_LIMIT:
        raise CallTooLargeError(f"The body may hold {BODY_LIMIT // 1024} KiB.", field="body")
    return raw
