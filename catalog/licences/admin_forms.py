"""Forms of the licences' screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from unfold.widgets import UnfoldAdminFileFieldWidget

from catalog.licences import services
from catalog.licences.models import Licence
from catalog.licences.proof import MOST_BYTES, keep_proof
from config.lib.admin_forms import ServiceForm

if TYPE_CHECKING:
    from accounts.people.models import User


class LicenceForm(ServiceForm[Licence]):
    """Writes a licence down, with its proof."""

    created_by: User | None = None
    proof = forms.FileField(
        required=False,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
        label="Proof as a file",
        help_text=f"PDF, PNG or JPEG of at most {MOST_BYTES // 1024 // 1024} MB; it takes the place of the one before.",
    )

    class Meta:
        """What people type."""

        model = Licence
        fields = ("name", "owner", "kind", "valid_from", "valid_until", "consent", "proof_url", "note")

    def perform(self) -> Licence:
        """Have it checked and kept."""
        if self.created_by is not None:
            self.instance.created_by = self.created_by
        licence = services.save_licence(licence=self.instance)
        proof: Any = self.cleaned_data.get("proof")
        return keep_proof(licence=licence, upload=proof) if proof else licence


class LicenceChoiceForm(forms.Form):
    """Asks for the licence to put several things under."""

    licence = forms.ModelChoiceField(
        queryset=Licence.objects.all(), required=False, empty_label="No licence", help_text="Empty: under none."
    )
