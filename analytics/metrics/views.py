"""``GET /metrics`` for Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from django.http import HttpResponse
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

from analytics.metrics.exposition import radio_text
from analytics.metrics.queries import scrape
from config.lib.deadline import DatabaseAwayError

if TYPE_CHECKING:
    from django.http import HttpRequest

log = structlog.get_logger(__name__)


@require_safe
async def metrics(request: HttpRequest) -> HttpResponse:
    """Tell the stations' figures, then this process's own.

    With the database away it still answers 200: ``radio_database_up 0`` and the process's figures, and the stations'
    series are missing rather than wrong. An alert on ``radio_database_up == 0`` says what is the matter.
    """
    try:
        facts = await scrape()
    except DatabaseAwayError as error:
        log.warning("metrics.database_away", error=str(error))
        facts = None
    own = ExportToDjangoView(request)
    return HttpResponse(radio_text(facts) + own.content, content_type=own.headers["Content-Type"])
