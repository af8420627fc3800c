"""Forms of the loops' screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminTextInputWidget,
)

from catalog.visuals import services
from catalog.visuals.models import EncodingProfile, Loop
from config.lib.admin_forms import ServiceForm
from config.lib.uploads import on_disk

if TYPE_CHECKING:
    from accounts.people.models import User

VIDEO = ".mp4,.m4v,.mov,.webm,.mkv,video/*"
TAG_LIMIT = 64
TAGS_LIMIT = 20


class TagsField(forms.CharField):
    """Words separated by commas; cleaned to a list without doubles."""

    widget = UnfoldAdminTextInputWidget

    def prepare_value(self, value: Any) -> Any:
        """Show a stored list as it is typed."""
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Return the words, in their order."""
        words = [word.strip()[:TAG_LIMIT] for word in str(value or "").split(",")]
        return list(dict.fromkeys(word for word in words if word))[:TAGS_LIMIT]


class LoopUploadForm(ServiceForm[Loop]):
    """Takes a video in; a refused one shows the reason at the file."""

    uploaded_by: User | None = None
    known_before = False
    file = forms.FileField(
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": VIDEO}),
        help_text="MP4, MOV, WebM or MKV. Its sound is left out; any size and rate is made to fit.",
    )
    tags = TagsField(required=False, help_text="Words to find it by, with commas between them.")
    profiles = forms.ModelMultipleChoiceField(
        label="Compile for",
        queryset=EncodingProfile.objects.all(),
        required=False,
        initial=lambda: EncodingProfile.objects.filter(stations__isnull=False).distinct(),
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        help_text="The profiles of the stations that will show it. Others are compiled when they are first needed.",
    )

    class Meta:
        """What an upload says."""

        model = Loop
        fields = ("name",)
        help_texts = {"name": "Empty: made from the file's name."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = False

    def perform(self) -> Loop:
        """Have it checked and kept, and its renditions compiled."""
        data, began = self.cleaned_data, timezone.now()
        with on_disk(data["file"]) as path:
            loop = services.take_in(
                path=path,
                original_name=data["file"].name,
                name=data["name"],
                tags=data["tags"],
                uploaded_by=self.uploaded_by,
            )
        self.known_before = loop.created_at < began
        for profile in data["profiles"]:
            services.request_rendition(loop=loop, profile=profile)
        return loop


class LoopForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms cannot be subscripted at run time
    """Changes what a loop is called and found by, and how its end meets its beginning."""

    tags = TagsField(required=False, help_text="Words to find it by, with commas between them.")

    class Meta:
        """The picture itself never changes."""

        model = Loop
        fields = ("name", "tags", "licence", "blend")
        help_texts = {
            "blend": "Cross-fades about a second of its end into its beginning, so that the loop gets shorter by that. "
            "It is compiled again; until that is done the stations go on with what they have.",
        }


class TagForm(forms.Form):
    """Asks for tags to put on several loops."""

    tags = TagsField(help_text="Words with commas between them.")
