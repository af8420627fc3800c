"""How many errors there ever were: a number that only grows, whatever is later deleted from ``error_log``."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class ErrorCount(models.Model):
    """Errors of one station and severity since the beginning.

    Kept by a trigger on ``error_log`` (this floor's migrations), in the transaction that stores the error: counting a
    table that grows for years at each scrape would cost more each day, and its clean-up would look like a reset.
    """

    station = models.ForeignKey("streaming.Station", null=True, on_delete=models.CASCADE, related_name="+")
    severity = models.CharField(max_length=16)
    total = models.PositiveBigIntegerField(default=0)

    class Meta:
        """One row per station (or none) and severity."""

        db_table = "error_counts"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["station", "severity"],
                nulls_distinct=False,
                name="error_count_once",
            ),
        ]

    def __str__(self) -> str:
        """Severity and total."""
        return f"{self.severity}: {self.total}"
