"""Forms of the tracks' screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from unfold.widgets import UnfoldAdminFileFieldWidget

from catalog.music import services
from catalog.music.models import Track
from config.lib.admin_forms import ServiceForm
from config.lib.uploads import on_disk

if TYPE_CHECKING:
    from accounts.people.models import User

AUDIO = ".mp3,.flac,.m4a,.ogg,.opus,audio/*"


class TrackUploadForm(ServiceForm[Track]):
    """Takes a recording in; a refused one shows the reason at the file."""

    file = forms.FileField(
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": AUDIO}),
        help_text="MP3, FLAC, M4A or Ogg.",
    )

    class Meta:
        """What an upload says."""

        model = Track
        fields = ("artist", "title")
        help_texts = {"artist": "Empty: from the file's tags.", "title": "Empty: from the file's tags or its name."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("artist", "title"):
            self.fields[name].required = False

    uploaded_by: User | None = None

    def perform(self) -> Track:
        """Have it checked and kept."""
        data = self.cleaned_data
        with on_disk(data["file"]) as path:
            return services.take_in_track(
                path=path,
                original_name=data["file"].name,
                artist=data["artist"],
                title=data["title"],
                uploaded_by=self.uploaded_by,
            )
