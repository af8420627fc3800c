"""Mappings as a table that people edit: CSV out, CSV in.

Columns in: ``station`` (its short name), ``artist`` and ``title`` or else ``track_key``, ``loop`` (its name or its id),
and ``song_id`` if known. Columns out: ``station``, ``track_key``, ``song_id``, ``loop``, ``play_count``. A row whose
track is mapped already changes that mapping. One bad row keeps the whole table out; each is named with its column.

Spreadsheets run cells that begin with ``=``, ``+``, ``-`` or ``@`` as formulas, and titles come from outside: such
cells go out behind an apostrophe, which is taken off again on the way in (OWASP ASVS 1.2.10).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.core.exceptions import ValidationError
from import_export import fields, resources, widgets

from catalog.models import Loop
from catalog.music.track_key import track_key
from catalog.visuals.services import request_rendition
from config.lib.notify import notify
from config.lib.spreadsheets import guarded, plain
from streaming.cues.models import TrackMapping
from streaming.cues.services import SONG_ID_LIMIT
from streaming.stations.models import Station

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from django.db.models import QuerySet

    Row = MutableMapping[str, Any]


class Cell(widgets.Widget):  # type: ignore[misc]  # the library has no types
    """A text, or what an object is called (``attribute``)."""

    def __init__(self, attribute: str = "") -> None:
        """Take the attribute that stands for an object; "": the value is the text."""
        super().__init__()
        self.attribute = attribute

    def clean(self, value: Any, row: Row | None = None, **_: Any) -> Any:  # noqa: ARG002 - the library's signature
        """Return what ``MappingResource.before_import_row`` has read already."""
        return value

    def render(self, value: Any, obj: Any = None, **_: Any) -> str:  # noqa: ARG002 - the library's signature
        """Return the cell."""
        if value is None:
            return ""
        return guarded(str(getattr(value, self.attribute) if self.attribute else value))


class MappingResource(resources.ModelResource):  # type: ignore[misc]  # the library has no types
    """Reads and writes the table, for the console and for scripts."""

    station = fields.Field("station", "station", Cell("slug"))
    track_key = fields.Field("track_key", "track_key", Cell())
    song_id = fields.Field("song_id", "song_id", Cell())
    loop = fields.Field("loop", "loop", Cell("name"))
    play_count = fields.Field("play_count", "play_count", readonly=True)

    class Meta:
        model = TrackMapping
        fields: ClassVar[list[str]] = ["station", "track_key", "song_id", "loop", "play_count"]
        import_id_fields: ClassVar[list[str]] = ["station", "track_key"]
        use_transactions = True
        skip_unchanged = True

    def __init__(self, *, mine: QuerySet[Station] | None = None, **kwargs: Any) -> None:
        """Begin with nothing looked up; ``mine`` are the stations that rows may name, ``None`` is all of them."""
        super().__init__(**kwargs)
        self._mine = Station.objects.all() if mine is None else mine
        self._stations: dict[str, Station | None] = {}
        self._touched: dict[Any, Station] = {}

    def get_queryset(self) -> Any:
        """Return the mappings with what their rows name."""
        return super().get_queryset().select_related("station", "loop")

    def import_data(self, dataset: Any, *args: Any, rollback_on_validation_errors: bool = True, **kwargs: Any) -> Any:
        """Read a table; one bad row keeps all of it out."""
        kwargs["rollback_on_validation_errors"] = rollback_on_validation_errors
        return super().import_data(dataset, *args, **kwargs)

    def before_import(self, dataset: Any, **_: Any) -> None:
        """Add the columns that a row may do without."""
        for column in ("station", "track_key", "song_id", "loop"):
            if column not in dataset.headers:
                dataset.append_col([""] * dataset.height, header=column)

    def before_import_row(self, row: Row, **_: Any) -> None:
        """Read the row's cells into objects; raises ValidationError that names every wrong column."""
        wrong: dict[str, str] = {}
        for column, read in (("station", self._station), ("track_key", _key), ("loop", _loop), ("song_id", _song_id)):
            try:
                row[column] = read(row)
            except ValueError as error:
                wrong[column] = str(error)
        if wrong:
            raise ValidationError(wrong)

    def get_instance(self, instance_loader: Any, row: Row) -> TrackMapping | None:  # noqa: ARG002 - the same
        """Return the mapping that a row changes."""
        return self._meta.model.objects.filter(station=row["station"], track_key=row["track_key"]).first()  # type: ignore[no-any-return]

    def after_save_instance(self, instance: TrackMapping, row: Row, **_: Any) -> None:  # noqa: ARG002 - the same
        """Have the loop compiled; rolled back with a trial run."""
        request_rendition(loop=instance.loop, profile=instance.station.profile)
        self._touched[instance.station_id] = instance.station

    def after_import(self, dataset: Any, result: Any, **_: Any) -> None:  # noqa: ARG002 - the same
        """Tell the nodes; sent with the transaction."""
        for station in self._touched.values():
            notify(station=str(station.pk), what="control")
        self._touched.clear()

    def _station(self, row: Row) -> Station:
        slug = plain(row.get("station")).strip()
        if slug not in self._stations:
            self._stations[slug] = self._mine.select_related("profile").filter(slug=slug).first()
        found = self._stations[slug]
        if found is None:
            raise ValueError(f"There is no station {slug!r}. Use its short name, as in its page's address.")
        return found


def _key(row: Row) -> str:
    title = plain(row.get("title")) or plain(row.get("track_key"))
    key = track_key(plain(row.get("artist")), title)
    if not key:
        raise ValueError("Give artist and title, or a track key, with at least one letter or digit.")
    return key


def _song_id(row: Row) -> str:
    song_id = plain(row.get("song_id")).strip()
    if len(song_id) > SONG_ID_LIMIT:
        raise ValueError(f"A song id has at most {SONG_ID_LIMIT} characters.")
    return song_id


def _loop(row: Row) -> Loop:
    name = plain(row.get("loop")).strip()
    found = list(Loop.objects.filter(name=name, status=Loop.Status.READY)[:2]) if name else []
    if not found and _is_uuid(name):
        found = list(Loop.objects.filter(pk=name, status=Loop.Status.READY))
    if not found:
        raise ValueError(f"There is no loop {name!r} that is ready. Use its name or its id.")
    if len(found) > 1:
        raise ValueError(f"Several loops are called {name!r}. Use the id of the one you mean.")
    return found[0]


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
