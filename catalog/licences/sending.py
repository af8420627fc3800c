"""What is taken away of licences: the overview, and a proof. Both are downloads, whatever is in them."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from django.http import FileResponse, Http404
from django.utils import timezone

from catalog.licences import overview
from catalog.licences.proof import TYPES
from config.lib import downloads

if TYPE_CHECKING:
    from django.http import HttpRequest, StreamingHttpResponse

    from catalog.licences.models import Licence


def send_overview(request: HttpRequest, form: str) -> StreamingHttpResponse:
    """Send every loop and track with its licence; ``form`` is ``csv`` or ``jsonl``.

    Raises:
        Http404: there is no such form.

    """
    if form not in downloads.TYPES:
        raise Http404(f"There is no overview as {form}: take csv or jsonl.")
    write = downloads.as_csv if form == "csv" else downloads.as_json_lines
    chunks = write(overview.COLUMNS, overview.batches())
    return downloads.sent(request, chunks, name=f"licences-{timezone.now():%Y%m%d-%H%M%S}", form=form)


def send_proof(licence: Licence) -> FileResponse:
    """Send a licence's proof as a download that no browser opens in our name.

    Raises:
        Http404: it has none, or its file is gone.

    """
    name = str(licence.proof_file.name or "")
    if not name:
        raise Http404("This licence has no proof as a file.")
    ending = PurePath(name).suffix
    try:
        file = licence.proof_file.open("rb")
    except FileNotFoundError as error:
        raise Http404("The file is gone. Send the proof again.") from error
    answer = FileResponse(file, as_attachment=True, filename=f"proof-{licence.pk}{ending}", content_type=TYPES[ending])
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "private, no-store"
    return answer
