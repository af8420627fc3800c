"""The recordings' screen: finished files, where they lie, and getting one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.html import format_html

from config.lib import admin_cells as cells
from config.lib.admin_actions import ActionVariant, ask, done, report
from config.lib.admin_pages import FactsAdmin
from config.lib.admin_rows import may, row_or_404
from streaming.outputs import keeping
from streaming.outputs.models import Recording

if TYPE_CHECKING:
    from uuid import UUID

    from django import forms
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase
    from django.utils.safestring import SafeString


@admin.register(Recording)
class RecordingAdmin(FactsAdmin[Recording]):
    """Recordings, newest first."""

    list_display = ("state", "started", "station", "destination", "length", "size", "get", "trouble")
    list_display_links = None
    list_filter = ("station",)
    list_select_related = ("station", "destination", "node")
    actions_row = ("remove",)

    def has_remove_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell who may remove files; a permission's own name would be looked up in tables before there are any."""
        return may(self, request, "streaming.delete_recording", obj)

    def get_urls(self) -> Any:
        """Add the files themselves."""
        file = self.admin_site.admin_view(partial(_file, self))
        return [path("<uuid:recording>/file/", file, name="streaming_recording_file"), *super().get_urls()]

    @ask(
        name="Remove",
        title="Remove this recording?",
        sentence="The file is removed from disk and storage for good. That it was recorded stays on record.",
        button="Remove it",
        icon="delete",
        variant=ActionVariant.DANGER,
        permissions=("remove",),
    )
    def remove(self, request: HttpRequest, _form: forms.Form, object_id: str) -> HttpResponse:
        """Have the node remove a file."""
        row = get_object_or_404(Recording, pk=object_id)
        report(request, partial(keeping.remove_recording, recording=row), said="It is removed within a minute.")
        return done(request, reverse("admin:streaming_recording_changelist"))

    @admin.display(description="State")
    def state(self, row: Recording) -> SafeString:
        """Tell where the file is."""
        return keeping.state_of(row).cell()

    @admin.display(description="Begun", ordering="started_at")
    def started(self, row: Recording) -> SafeString:
        """Tell when."""
        return cells.ago(row.started_at)

    @admin.display(description="Length")
    def length(self, row: Recording) -> SafeString:
        """Tell how long it is."""
        return cells.length(round(row.seconds * 1000))

    @admin.display(description="Size")
    def size(self, row: Recording) -> SafeString:
        """Tell how big it is."""
        return cells.amount(row.bytes)

    @admin.display(description="File")
    def get(self, row: Recording) -> SafeString:
        """Offer it."""
        if not keeping.is_here(row):
            return cells.EMPTY
        return cells.link(reverse("admin:streaming_recording_file", args=[row.pk]), "Download")

    @admin.display(description="Last error")
    def trouble(self, row: Recording) -> SafeString:
        """Tell why it was not moved."""
        return format_html('<span class="lw-sentence">{}</span>', row.error) if row.error else cells.EMPTY


def _file(screen: RecordingAdmin, request: HttpRequest, recording: UUID) -> HttpResponseBase:
    """Send a recording's file, in parts as a player asks for them."""
    row = row_or_404(screen, request, recording, Recording.objects.select_related("station"))
    try:
        return keeping.send(request, row)
    except FileNotFoundError as error:
        raise Http404("The file is on another machine, or it was removed.") from error
