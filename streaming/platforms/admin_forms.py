"""Forms of the plans' screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from config.lib.admin_forms import ServiceForm
from config.lib.uploads import on_disk
from streaming.platforms import services
from streaming.platforms.models import Kind, PlatformAccount, PlatformPlan

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


class PlanAddForm(ServiceForm[PlatformPlan]):
    """Says which station, at which channel; the rest has defaults and is changed on the next page."""

    class Meta:
        """Who and where."""

        model = PlatformPlan
        fields = ("station", "account", "destination")
        help_texts = {"account": "A channel that is connected.", "destination": "Empty: one is made by itself."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account: Any = self.fields["account"]
        account.queryset = account.queryset.exclude(state=PlatformAccount.State.DISCONNECTED)
        free: Any = self.fields["destination"]
        free.queryset = free.queryset.filter(plan=None, platform__in=Kind.values).select_related("station")

    def perform(self) -> PlatformPlan:
        """Add it."""
        data = self.cleaned_data
        return services.add_plan(station=data["station"], account=data["account"], destination=data.get("destination"))


class _PlanForm(ServiceForm[PlatformPlan]):
    def perform(self) -> PlatformPlan:
        """Keep the changes."""
        wishes: Any = {name: self.cleaned_data[name] for name in self._meta.fields or () if name in self.cleaned_data}
        row = services.change_plan(plan=self.instance, **wishes)
        picture: UploadedFile[Any] | None = self.cleaned_data.get("picture")
        if picture:
            with on_disk(picture) as path:
                services.set_thumbnail(plan=row, path=path)
        return row


class YouTubePlanForm(_PlanForm):
    """What may be wished for at YouTube."""

    title = forms.CharField(
        max_length=200,
        widget=UnfoldAdminTextInputWidget(),
        help_text="May hold {station}, {artist}, {title} and {date}, as they are when a broadcast begins.",
    )
    description = forms.CharField(
        max_length=5000,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text="The same words.",
    )
    rollover_minutes = forms.TypedChoiceField(
        label="New broadcast",
        widget=UnfoldAdminSelectWidget(),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", "never"),
            ("710", "after 11 h 50 min: YouTube keeps every part"),
            ("360", "after 6 h"),
            ("1440", "after a day"),
        ],
        help_text="At the next track; viewers move on to the new one. YouTube keeps no recording longer than 12 hours.",
    )
    picture = forms.FileField(
        label="Thumbnail",
        required=False,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text="JPEG, PNG or WebP, best 1280 by 720. The next broadcast shows it.",
    )

    class Meta:
        """What an editor may change."""

        model = PlatformPlan
        fields = ("title", "description", "privacy", "latency", "dvr", "rollover_minutes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = self.instance.rollover_minutes
        field = self.fields["rollover_minutes"]
        known = list(field.choices)  # type: ignore[attr-defined]  # a choice's
        if own and str(own) not in {value for value, _ in known}:
            field.choices = [*known, (str(own), f"after {own} min")]  # type: ignore[attr-defined]  # the same


class TwitchPlanForm(_PlanForm):
    """What may be wished for at Twitch."""

    title = forms.CharField(
        max_length=200,
        widget=UnfoldAdminTextInputWidget(),
        help_text="May hold {station}, {artist}, {title} and {date}.",
    )
    tags = forms.CharField(
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text="At most ten, by comma; letters and digits only.",
    )

    class Meta:
        """What an editor may change."""

        model = PlatformPlan
        fields = ("title", "follow_tracks", "category", "tags")
        help_texts = {"category": "As Twitch writes it, for example Music.", "follow_tracks": "New with each track."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["tags"] = ", ".join(self.instance.tags)

    def clean_tags(self) -> list[str]:
        """Return them as a list."""
        return [tag for tag in (part.strip() for part in self.cleaned_data["tags"].split(",")) if tag]
