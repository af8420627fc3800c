"""The sound's part of a station's screen: backups, the emergency playlist, what counts as loss, loudness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from config.lib.admin_pages import TabularInline
from streaming.stations import checks
from streaming.stations.errors import StationInvalidError
from streaming.stations.fallback import MOST_BACKUPS, Backup, set_backups, set_emergency
from streaming.stations.models import BackupSource, EmergencyEntry, Station

if TYPE_CHECKING:
    from django.forms import BaseFormSet

    _Form = forms.ModelForm[BackupSource]
    _FormSet = forms.BaseInlineFormSet[BackupSource, Station, forms.ModelForm[BackupSource]]
else:
    _Form, _FormSet = forms.ModelForm, forms.BaseInlineFormSet

HELP = (
    "When the main source is lost, the backups are tried in their order, then the emergency playlist is played, "
    "then there is silence. The picture goes on whatever happens, and the main source returns by itself."
)
SOUND = (
    "Sound",
    {
        "fields": (
            "loudness",
            "return_after_s",
            ("silence_s", "silence_db"),
            "normalise",
            ("loudness_target", "peak_limit"),
            "aac_passthrough",
        ),
        "description": HELP,
    },
)


class BackupForm(_Form):
    """A backup's row; its place among the others is settled when all of them are known."""

    def clean_audio_url(self) -> str:
        """Take what the service will take."""
        try:
            return checks.http_url(self.cleaned_data["audio_url"], field="audio_url")
        except StationInvalidError as error:
            raise forms.ValidationError(str(error)) from error

    def validate_constraints(self) -> None:
        """Leave priorities to the service: rows dragged past each other have each other's for a moment."""


class BackupFormSet(_FormSet):
    """All backups of a station."""

    def validate_unique(self) -> None:
        """As in the form."""


class BackupInline(TabularInline[BackupSource, Station]):
    """Backup sources; dragged into the order in which they are tried."""

    model = BackupSource
    form = BackupForm
    formset = BackupFormSet
    verbose_name_plural = "backup sources"
    fields = ("name", "audio_url", "enabled", "priority")
    ordering_field = "priority"
    hide_ordering_field = True
    extra = 0
    max_num = MOST_BACKUPS


class EmergencyInline(TabularInline[EmergencyEntry, Station]):
    """What plays when every source is lost; dragged into order."""

    model = EmergencyEntry
    verbose_name_plural = "emergency playlist"
    autocomplete_fields = ("track",)
    ordering_field = "position"
    hide_ordering_field = True
    extra = 0


def save_rows(station: Station, formset: BaseFormSet[Any]) -> bool:
    """Hand backups or emergency tracks to their service, in the order they were dragged to; False if it is neither."""
    model = getattr(formset, "model", None)
    kept = [f for f in formset.forms if f.cleaned_data and not f.cleaned_data.get("DELETE")]
    if model is BackupSource:
        kept.sort(key=lambda f: f.cleaned_data.get("priority") or 0)
        set_backups(station=station, backups=[_backup(form) for form in kept if form.cleaned_data.get("name")])
    elif model is EmergencyEntry:
        kept.sort(key=lambda f: f.cleaned_data.get("position") or 0)
        tracks = [form.cleaned_data["track"] for form in kept if form.cleaned_data.get("track")]
        set_emergency(station=station, tracks=tracks)
    else:
        return False
    return True


def _backup(form: Any) -> Backup:
    data = form.cleaned_data
    key = None if form.instance._state.adding else form.instance.pk  # noqa: SLF001 - Django's way to tell new rows
    return Backup(name=data["name"], audio_url=data["audio_url"], enabled=data["enabled"], key=key)
