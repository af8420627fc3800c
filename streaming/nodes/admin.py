"""The screens of machines: nodes, encoders as they are now, and every life an encoder has had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from config.lib import admin_cells as cells
from config.lib.admin_pages import FactsAdmin, ModelAdmin, ReadOnly
from streaming.console import states
from streaming.nodes import queries
from streaming.nodes.admin_actions import HandOverActions, NodeActions, unfitting
from streaming.nodes.admin_forms import NodeForm
from streaming.nodes.models import Encoder, EncoderRun, Node

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

    from config.lib.admin_cells import Tone

_STATES: dict[str, tuple[str, Tone, str]] = {
    "up": ("Running", "ok", "It reports each second or two."),
    "draining": ("Draining", "busy", "Its stations move to other machines; it takes no new ones."),
    "silent": ("Not heard of", "fail", "Its stations go on air elsewhere, unless their encoders may be on air there."),
    "gone": ("Gone", "quiet", "Declared switched off; it registers again when its node is started."),
}


@admin.register(Node)
class NodeAdmin(NodeActions, ModelAdmin[Node]):
    """Machines that run encoders."""

    form = NodeForm
    list_display = ("told", "name", "stations_told", "load", "labels_told", "uptime", "version")
    list_display_links = ("name",)
    search_fields = ordering = ("name",)
    fields = (("name", "told"), ("stations_told", "load"), ("labels", "capacity"), ("uptime", "pid"), "version")
    readonly_fields = ("name", "told", "stations_told", "load", "uptime", "pid", "version")
    actions = None
    actions_list = ("balance",)
    actions_row = ("drain", "resume", "gone")
    actions_detail = ("drain", "resume", "gone")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """A machine registers itself."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Node | None = None) -> bool:  # noqa: ARG002 - the same
        """A machine is declared gone; what it did stays on record."""
        return False

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """Offer what makes sense in the machine's state."""
        node = self.get_object(request, str(object_id))
        out = unfitting(node) if node else set()
        return [a for a in super().get_actions_detail(request, object_id) if a.action_name.split("_", 2)[2] not in out]  # type: ignore[misc]  # unfold's, not in Django's stubs

    def get_queryset(self, request: HttpRequest) -> QuerySet[Node]:
        """Return the machines with what they carry."""
        return queries.with_state(super().get_queryset(request))

    @admin.display(description="State", ordering="seen_at")
    def told(self, node: Any) -> SafeString:
        """Tell how it is."""
        return cells.state(*_STATES[node.state][:2], hint=_STATES[node.state][2])

    @admin.display(description="Stations", ordering="stations")
    def stations_told(self, node: Any) -> SafeString:
        """Tell how many it runs, of how many."""
        coming = f" + {node.coming} coming" if node.coming else ""
        return cells.figure(f"{node.stations}{'' if node.capacity is None else f' of {node.capacity}'}{coming}")

    @admin.display(description="Load")
    def load(self, node: Any) -> SafeString:
        """Tell what its encoders take."""
        return cells.figure(f"{node.cpu:.0f} % of a core, {node.memory:.0f} MiB") if node.stations else cells.EMPTY

    @admin.display(description="Labels")
    def labels_told(self, node: Node) -> str | SafeString:
        """Tell what stations may ask for."""
        return ", ".join(node.labels) or cells.EMPTY

    @admin.display(description="Uptime", ordering="started_at")
    def uptime(self, node: Node) -> SafeString:
        """Tell how long it has run."""
        return cells.since(node.started_at)


@admin.register(Encoder)
class EncoderAdmin(HandOverActions, ReadOnly, ModelAdmin[Encoder]):
    """Encoders."""

    list_display = ("state_told", "station", "uptime", "cpu", "memory", "restarts_total", "where", "pid", "ended")
    list_display_links = ("station",)
    list_filter = ("state", "node")
    list_select_related = ("station", "node", "handover_to")
    actions_row = actions_detail = ("hand_over", "stay")
    search_fields = ("station__name", "station__slug")
    fields = (
        ("station", "state_told"),
        ("uptime", "where"),
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

    @admin.display(description="Machine", ordering="node")
    def where(self, encoder: Encoder) -> str | SafeString:
        """Tell where it runs, and where it is to run."""
        here = encoder.node.name if encoder.node else ""
        return f"{here} → {encoder.handover_to.name}" if encoder.handover_to else here or cells.EMPTY

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
