"""The doors for the relay: may this publisher in, and that one has gone.

====================================================  ===================================================
a call that is                                        is answered
====================================================  ===================================================
no POST                                               405
made where there is no relay                          404
without the relay's secret, or with a wrong one       403
a publish under a name that somebody publishes        409: the one answer that nginx refuses a publisher by
any other publish                                     303, which nginx turns into a push to itself
the end of a publish                                  204
====================================================  ===================================================

Name and connection come in headers, so they stand in no log of addresses.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from django.http import HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from config.lib.problem import LongwaveError, problem_response
from streaming.relay import services
from streaming.relay.errors import CallerUnknownError, RelayOffError

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

log = structlog.get_logger(__name__)
LET_IN, HEARD = 303, 204


def _door(work: Callable[[str, str], int]) -> Callable[[HttpRequest], HttpResponse]:
    """Make a view of what is done with a genuine call's name and connection; it gives the answer's status."""

    @csrf_exempt  # the secret proves the caller; no cookie is looked at
    @require_POST
    @wraps(work)
    def view(request: HttpRequest) -> HttpResponse:
        try:
            _check_caller(request)
            status = work(request.headers.get("X-Relay-Name", ""), request.headers.get("X-Relay-Client", ""))
        except LongwaveError as error:
            log.warning("relay call refused", call=work.__name__, status=error.status, reason=error.detail)
            return problem_response(error)
        return HttpResponse(status=status)

    return view


@_door
def publish(name: str, client_id: str) -> int:
    """Let a publisher in, or not."""
    services.check_publisher(name=name, client_id=client_id)
    log.info("relay publish begins", client=client_id)
    return LET_IN


@_door
def publish_done(name: str, client_id: str) -> int:  # noqa: ARG001 - a refused one's end comes under the same name
    """Hear that a connection has ended; who publishes now, the statistics tell."""
    log.info("relay publish ended", client=client_id)
    return HEARD


def _check_caller(request: HttpRequest) -> None:
    if not settings.RELAY.url:
        raise RelayOffError("Set RELAY_URL to have a relay.")
    given = request.headers.get("X-Relay-Secret", "").encode("latin-1", "replace")
    if not given or not constant_time_compare(given, settings.RELAY.secret.encode()):
        raise CallerUnknownError("The relay's secret is missing or wrong. Write its configuration anew.")
