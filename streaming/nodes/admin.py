"""The screens of machines: nodes, encoders as they are now, and every life an encoder has had. Read only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.utils import timezone

from config.lib import admin_cells as cells
from config.lib.admin_pages import FactsAdmin, ModelAdmin, ReadOnly
from streaming.console import states
from streaming.nodes.models import Encoder, EncoderRun, Node

if TYPE_CHECKING:
    from django.utils.safestring import SafeString


@admin.register(Node)
class NodeAdmin(ReadOnly, ModelAdmin[Node]):
    """Machines that run encoders."""

    list_display = fields = readonly_fields = ("name", "heard", "pid", "uptime")
    search_fields = ("name",)
    actions = None

    @admin.display(description="State", ordering="seen_at")
    def heard(self, node: Node) -> SafeString:
        """Tell whether it lives."""
        if node.seen_at and timezone.now() - node.seen_at <= states.SILENT_AFTER:
            return cells.state("Running", "ok", hint="It reports each few seconds.")
        return cells.state("Not heard from", "fail", hint="Its encoders go on; nobody watches them until a node does.")

    @admin.display(description="Uptime", ordering="started_at")
    def uptime(self, node: Node) -> SafeString:
        """Tell how long it has run."""
        return cells.since(node.started_at)


@admin.register(Encoder)
class EncoderAdmin(ReadOnly, ModelAdmin[Encoder]):
    """Encoders."""

    list_display = ("state_told", "station", "uptime", "cpu", "memory", "restarts_total", "node", "pid", "ended")
    list_display_links = ("station",)
    list_filter = ("state", "node")
    list_select_related = ("station", "node")
    search_fields = ("station__name", "station__slug")
    fields = (
        ("station", "state_told"),
        ("uptime", "node"),
        ("cpu", "memory"),
        ("restarts", "restarts_total"),
        ("pid", "run_told"),
        ("ended", "heard"),
        "source_error",
        "log",
    )
    readonly_fields = tuple(name for line in fields for name in (line if isinstance(line, tuple) else (line,)))
    actions = None

    @admin.display(description="State", ordering="state")
    def state_told(self, encoder: Encoder) -> SafeString:
        """Tell how it is."""
        return states.encoder_state(encoder).cell()

    @admin.display(description="Uptime", ordering="started_at")
    def uptime(self, encoder: Encoder) -> SafeString:
        """Tell how long this life has lasted."""
        return cells.since(encoder.started_at if _runs(encoder) else None)

    @admin.display(description="CPU", ordering="cpu_percent")
    def cpu(self, encoder: Encoder) -> SafeString:
        """Tell how much of one core it takes."""
        return cells.figure(f"{encoder.cpu_percent:.1f} %") if _runs(encoder) else cells.EMPTY

    @admin.display(description="Memory", ordering="memory_mb")
    def memory(self, encoder: Encoder) -> SafeString:
        """Tell how much it holds."""
        return cells.figure(f"{encoder.memory_mb:.0f} MiB") if _runs(encoder) else cells.EMPTY

    @admin.display(description="Last exit code", ordering="exit_code")
    def ended(self, encoder: Encoder) -> SafeString:
        """Tell how the last life ended."""
        return cells.EMPTY if encoder.exit_code is None else cells.figure(encoder.exit_code)

    @admin.display(description="Heard from")
    def heard(self, encoder: Encoder) -> SafeString:
        """Tell when it reported last."""
        return cells.ago(encoder.seen_at)

    @admin.display(description="Run")
    def run_told(self, encoder: Encoder) -> SafeString:
        """Give the id of this life."""
        return cells.identifier(encoder.run_id)

    @admin.display(description="Last lines of its log")
    def log(self, encoder: Encoder) -> SafeString:
        """Show what it said before it ended."""
        return cells.log(encoder.last_lines)


def _runs(encoder: Encoder) -> bool:
    return encoder.state == Encoder.State.RUNNING


@admin.register(EncoderRun)
class EncoderRunAdmin(FactsAdmin[EncoderRun]):
    """Lives of encoders."""

    list_display = ("id_told", "station", "began", "lasted", "ended", "node", "pid", "facts")
    list_filter = ("station",)
    list_select_related = ("station", "node")
    fields = ("id_told", "station", "node", "pid", "began", "lasted", "ended", "facts")
    readonly_fields = fields

    @admin.display(description="Run")
    def id_told(self, run: EncoderRun) -> SafeString:
        """Give its id."""
        return cells.identifier(run.pk)

    @admin.display(description="Began")
    def began(self, run: EncoderRun) -> SafeString:
        """Tell when it began."""
        return cells.ago(run.started_at)

    @admin.display(description="Lasted")
    def lasted(self, run: EncoderRun) -> SafeString:
        """Tell how long it lived."""
        if run.ended_at is None:
            return cells.since(run.started_at)
        return cells.figure(cells.span((run.ended_at - run.started_at).total_seconds()))

    @admin.display(description="Exit code")
    def ended(self, run: EncoderRun) -> SafeString:
        """Tell how it ended."""
        return cells.EMPTY if run.exit_code is None else cells.figure(run.exit_code)

    @admin.display(description="Facts stored")
    def facts(self, run: EncoderRun) -> SafeString:
        """Tell how much of its journal is stored."""
        return cells.figure(run.stored_sequence)
