"""What an operator does to machines, and to a station that is to run on another one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse

from config.lib.admin_actions import ActionVariant, ask, done, press, report
from streaming.nodes import services
from streaming.nodes.admin_forms import HandOverForm
from streaming.nodes.models import Encoder, Node

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest, HttpResponse

GONE = (
    "Say this only of a machine that is switched off or destroyed. Others take over all it holds, at once. If it runs "
    "after all and only its network or its database is lost, its encoders may still be sending: then two of each "
    "station publish at the same time, and platforms end or mix up both. It registers again when its node is started."
)


class NodeActions:
    """Actions of a machine's row and page."""

    @press(name="Drain", icon="move_down")
    def drain(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Move its stations elsewhere, for maintenance."""
        node = get_object_or_404(Node, pk=object_id)
        said = f"{node.name} is being drained: its stations move to other machines, one after another."
        report(request, partial(services.drain, node=node), said=said)
        return _back(request)

    @press(name="Resume", icon="move_up")
    def resume(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """End draining."""
        node = get_object_or_404(Node, pk=object_id)
        work = partial(services.drain, node=node, draining=False)
        report(request, work, said=f"{node.name} takes stations again.")
        return _back(request)

    @ask(
        name="It is switched off",
        title="This machine is switched off?",
        sentence=GONE,
        button="It is switched off",
        icon="power_off",
        variant=ActionVariant.DANGER,
    )
    def gone(self, request: HttpRequest, _form: forms.Form, object_id: str) -> HttpResponse:
        """Let others take all it holds."""
        node = get_object_or_404(Node, pk=object_id)
        said = f"{node.name} is declared gone: other machines take its stations now."
        report(request, partial(services.declare_gone, node=node), said=said)
        return _back(request)

    @press(name="Even out", icon="balance")
    def balance(self, request: HttpRequest) -> HttpResponse:
        """Move stations until all machines are loaded alike."""
        moved = services.even_out()
        if moved:
            said = ", ".join(f"{station.name} to {node.name}" for station, node in moved)
            messages.success(request, f"Handed over: {said}.")
        else:
            messages.info(request, "The machines are loaded as evenly as they can be.")
        return _back(request)


class HandOverActions:
    """Actions of a station's encoder, for whoever may move stations between machines."""

    def has_move_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002 - it holds everywhere
        """Tell who may move stations; the encoder itself is only looked at."""
        return request.user.has_perm("streaming.change_node")

    @ask(
        name="Hand over",
        title="Hand this station to another machine?",
        sentence="An encoder is started there and takes over when it is ready. Viewers see the stream break off for "
        "less than three seconds; if the other machine is not ready in time, everything stays as it is.",
        button="Hand it over",
        icon="swap_horiz",
        form=HandOverForm,
        variant=ActionVariant.WARNING,
        permissions=("move",),
    )
    def hand_over(self, request: HttpRequest, form: forms.Form, object_id: str) -> HttpResponse:
        """Move a station."""
        encoder = get_object_or_404(Encoder.objects.select_related("station"), pk=object_id)
        to = form.cleaned_data["to"]
        work = partial(services.hand_over, station=encoder.station, to=to)
        where = to.name if to is not None else "the machine that fits best"
        report(request, work, said=f"{encoder.station.name} is being handed over to {where}.")
        return done(request, reverse("admin:streaming_encoder_changelist"))

    @press(name="Stay here", icon="cancel", permissions=("move",))
    def stay(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Cancel a hand-over that has not happened yet."""
        encoder = get_object_or_404(Encoder.objects.select_related("station"), pk=object_id)
        if services.cancel_handover(station=encoder.station):
            messages.success(request, f"{encoder.station.name} stays where it is.")
        else:
            messages.info(request, f"{encoder.station.name} is not being handed over.")
        return done(request, reverse("admin:streaming_encoder_changelist"))


def unfitting(node: Any) -> set[str]:
    """Return the actions that have no sense in a machine's state (as ``queries.with_state`` tells it)."""
    out = {"drain"} if node.draining else {"resume"}
    return out if node.state == "silent" else {*out, "gone"}


def _back(request: HttpRequest) -> HttpResponse:
    return done(request, reverse("admin:streaming_node_changelist"))
