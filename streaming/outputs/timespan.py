"""A form field for a length of time in hours and minutes, as an operator says it."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget

from streaming.outputs.platforms import FLV_LIMIT_S

HOURS_AND_MINUTES = re.compile(r"(?P<hours>\d{1,4})(?::(?P<minutes>[0-5]\d))?\Z", re.ASCII)
HOUR, MINUTE = 3600, 60


class TimespanField(forms.CharField):
    """``11:50`` or ``47`` (hours); the value is seconds, ``None`` where nothing is written."""

    widget = UnfoldAdminTextInputWidget

    def prepare_value(self, value: Any) -> Any:
        """Return seconds as they are written; what was typed stays as it was."""
        return written(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        """Read what was typed.

        Raises:
            forms.ValidationError: it is no length of time.

        """
        text = super().to_python(value)
        if not text:
            return None
        found = HOURS_AND_MINUTES.match(text)
        if found is None:
            raise forms.ValidationError("Write hours and minutes, for example 11:50.")
        seconds = int(found["hours"]) * HOUR + int(found["minutes"] or 0) * MINUTE
        if not MINUTE <= seconds <= FLV_LIMIT_S:
            raise forms.ValidationError(f"Write at least 0:01 and at most {written(FLV_LIMIT_S)}.")
        return seconds

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Tell whether another length was typed, however it is written."""
        try:
            return bool(self.to_python(data) != initial)
        except forms.ValidationError:
            return True


def written(seconds: int) -> str:
    """Return seconds as hours and minutes, e.g. ``11:50``."""
    return f"{seconds // HOUR}:{seconds % HOUR // MINUTE:02}"
