"""Forms of the titles' screen."""

from __future__ import annotations

from django import forms
from unfold.widgets import UnfoldAdminColorInputWidget

from config.lib.admin_forms import ServiceForm
from streaming.titles import services
from streaming.titles.models import TitleDesign
from streaming.titles.samples import NOW, SAMPLES


class DesignForm(ServiceForm[TitleDesign]):
    """Chooses how a station's title looks."""

    class Meta:
        """All of it; the station stays."""

        model = TitleDesign
        fields = ("enabled", *services.CHOSEN)
        widgets = {"accent": UnfoldAdminColorInputWidget()}
        help_texts = {
            "enabled": "Draw artist and title into the picture of each track.",
            "position": "Start is where reading starts: the left for English, the right for Arabic.",
            "accent": "The line, and the station's name; made darker or lighter where words need it.",
        }

    def perform(self) -> TitleDesign:
        """Keep it."""
        return services.save_design(design=self.instance)


class TryForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """What a preview is asked for: a design that is not kept, and the words to try it with."""

    sample = forms.ChoiceField(choices=[(NOW, "What is on now"), *((name, s.label) for name, s in SAMPLES.items())])

    class Meta:
        """What is drawn."""

        model = TitleDesign
        fields = services.CHOSEN
