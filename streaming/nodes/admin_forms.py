"""Forms of the machines' screens. What may be saved is decided by the room's services."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from config.lib.admin_actions import AskForm
from config.lib.admin_forms import ServiceForm
from streaming.nodes import services
from streaming.nodes.models import Node


class NodeForm(ServiceForm[Node]):
    """Changes what a machine is given."""

    class Meta:
        """What an operator says of a machine; the rest it says itself."""

        model = Node
        fields = ("labels", "capacity")
        widgets = {"labels": UnfoldAdminTextInputWidget()}

    def perform(self) -> Node:
        """Keep it, and have the machines look."""
        return services.describe(
            node=self.instance, labels=self.cleaned_data["labels"], capacity=self.cleaned_data["capacity"]
        )


class HandOverForm(AskForm):
    """Asks to which machine."""

    to = forms.ModelChoiceField(
        label="To which machine",
        queryset=Node.objects.none(),
        required=False,
        widget=UnfoldAdminSelectWidget(),
        empty_label="The least loaded that fits",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["to"]
        if isinstance(choice, forms.ModelChoiceField):
            choice.queryset = Node.objects.filter(gone_at=None).order_by("name")
