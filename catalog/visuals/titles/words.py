"""What a title says."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.visuals.titles.cleaning import clean_line


@dataclass(frozen=True)
class Words:
    """The words of a now-playing title, as a source says them.

    Attributes:
        artist: may be empty.
        title: may be empty.
        station: the station's name.
        art_url: where the source says the cover is; empty: nowhere.

    """

    artist: str
    title: str
    station: str
    art_url: str = ""

    def cleaned(self) -> Words:
        """Return the words as they are drawn: one line each, bounded, without controls."""
        return Words(clean_line(self.artist), clean_line(self.title), clean_line(self.station), self.art_url)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known of the track."""
        return not (self.artist or self.title)
