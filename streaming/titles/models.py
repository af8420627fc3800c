"""How a station's now-playing title looks."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models

from accounts.audit.watching import watch


class TitleDesign(models.Model):
    """The now-playing title of one station; it is drawn into the rendition of each track."""

    class Template(models.TextChoices):
        """The designed shapes."""

        LOWER_THIRD = "lower_third", "lower third"
        CORNER_CARD = "corner_card", "corner card"
        FULL_CARD = "full_card", "full card"

    class Theme(models.TextChoices):
        """Dark words on light, or the other way round."""

        DARK = "dark", "dark"
        LIGHT = "light", "light"

    class Position(models.TextChoices):
        """Where it stands; start is left for scripts that are read from the left."""

        BOTTOM_START = "bottom_start", "bottom, start"
        BOTTOM_END = "bottom_end", "bottom, end"
        TOP_START = "top_start", "top, start"
        TOP_END = "top_end", "top, end"

    station = models.OneToOneField(
        "streaming.Station",
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="title_design",
    )
    enabled = models.BooleanField("show titles", default=False)
    template = models.CharField(max_length=16, choices=Template, default=Template.LOWER_THIRD)
    theme = models.CharField(max_length=8, choices=Theme, default=Theme.DARK)
    position = models.CharField(max_length=16, choices=Position, default=Position.BOTTOM_START)
    accent = models.CharField(
        max_length=7,
        default="#f2a33a",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", "Write the colour as # and six hexadecimal digits.")],
        help_text="One warm colour, as #rrggbb.",
    )
    show_cover = models.BooleanField("show the cover", default=True)
    show_station = models.BooleanField("show the station's name", default=True)
    safe_percent = models.PositiveSmallIntegerField(
        "safe area",
        default=5,
        validators=[MaxValueValidator(20)],
        help_text="Per cent of the picture kept free at each edge.",
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        """By station."""

        ordering: ClassVar[list[str]] = ["station"]
        triggers: ClassVar[list[Any]] = watch(key="station_id", station="station_id")

    def __str__(self) -> str:
        """Whose it is."""
        return f"Title of {self.station}"

    @property
    def look(self) -> str:
        """Shape and theme in words."""
        return f"{self.get_template_display()}, {self.get_theme_display()}"
