"""Every place in the database that holds sealed secrets, and how they are sealed anew with another key."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Model, QuerySet

from accounts.keys import signing
from accounts.keys.models import SigningKey
from accounts.signin import mfa_adapter
from config.lib import vault
from streaming.alerts import channels
from streaming.alerts.models import AlertChannel
from streaming.outputs import keys
from streaming.outputs.models import Destination
from streaming.platforms import connecting, tokens
from streaming.platforms.models import DeviceLogin, PlatformAccount

BATCH = 200


@dataclass(frozen=True)
class Column:
    """A column of sealed bytes; ``purpose`` tells of a row what its value is bound to."""

    model: type[Model]
    name: str
    purpose: Callable[[Any], str]

    @property
    def table(self) -> str:
        """The model's name, to be read."""
        return str(self.model._meta.label)  # noqa: SLF001 - Django's documented way to a model's name

    def rows(self) -> QuerySet[Any]:
        """Return all rows."""
        return self.model._default_manager.all()  # noqa: SLF001 - Django's documented way to a model's rows

    def sealed(self, row: Model) -> list[bytes]:
        """Return the row's sealed values."""
        value = bytes(getattr(row, self.name) or b"")
        return [value] if value else []

    def anew(self, row: Model) -> Any:
        """Return the column's value, sealed with today's key."""
        purpose = self.purpose(row)
        return vault.seal(vault.unseal(getattr(row, self.name), purpose=purpose), purpose=purpose)


@dataclass(frozen=True)
class Texts(Column):
    """A column of JSON, some of whose texts are sealed: those that begin with ``mark``."""

    mark: str = ""

    def sealed(self, row: Model) -> list[bytes]:
        """Return the sealed ones among the texts."""
        found: list[bytes] = []

        def note(data: bytes) -> bytes:
            found.append(data)
            return data

        self._walk(getattr(row, self.name), note)
        return found

    def anew(self, row: Model) -> Any:
        """Return the whole document with them sealed anew."""
        purpose = self.purpose(row)
        return self._walk(
            getattr(row, self.name), lambda data: vault.seal(vault.unseal(data, purpose=purpose), purpose=purpose)
        )

    def _walk(self, value: Any, change: Callable[[bytes], bytes]) -> Any:
        if isinstance(value, dict):
            return {name: self._walk(each, change) for name, each in value.items()}
        if isinstance(value, list):
            return [self._walk(each, change) for each in value]
        if isinstance(value, str) and value.startswith(self.mark):
            data = base64.b64decode(value.removeprefix(self.mark))
            return self.mark + base64.b64encode(change(data)).decode()
        return value


COLUMNS: tuple[Column, ...] = (
    Column(Destination, "key_sealed", keys.key_purpose),
    Column(Destination, "passphrase_sealed", keys.passphrase_purpose),
    Column(PlatformAccount, "access_sealed", lambda row: tokens.purpose(row, "access")),
    Column(PlatformAccount, "refresh_sealed", lambda row: tokens.purpose(row, "refresh")),
    Column(DeviceLogin, "device_sealed", connecting.purpose),
    Column(AlertChannel, "secret_sealed", channels.purpose),
    Column(SigningKey, "sealed_private", lambda row: signing.purpose(row.pk)),
    Texts(Authenticator, "data", lambda _row: mfa_adapter.PURPOSE, mfa_adapter.SEALED),
)


@dataclass
class Outcome:
    """What a round of sealing anew came to; ``unreadable`` names rows whose key is gone."""

    done: int = 0
    unreadable: list[str] = field(default_factory=list)


def count_by_key() -> Counter[str]:
    """Return how many stored values are sealed with which key; the empty name: from before keys had names."""
    counts: Counter[str] = Counter()
    for column in COLUMNS:
        for row in _rows(column):
            counts.update(vault.key_name(value) for value in column.sealed(row))
    return counts


def reseal(key_name: str) -> Outcome:
    """Seal whatever is not sealed with the key that seals today, a row at a time; can be cut off and begun again.

    A value that changes meanwhile is left: whoever changed it has sealed it with today's key.
    """
    outcome = Outcome()
    for column in COLUMNS:
        for row in _rows(column):
            if all(vault.key_name(value) == key_name for value in column.sealed(row)):
                continue
            try:
                new = column.anew(row)
            except vault.SealBrokenError:
                outcome.unreadable.append(f"{column.table} {row.pk}, {column.name}")
                continue
            unchanged = column.rows().filter(pk=row.pk, **{column.name: getattr(row, column.name)})
            outcome.done += unchanged.update(**{column.name: new})
    return outcome


def _rows(column: Column) -> Iterator[Model]:
    return column.rows().order_by("pk").only("pk", column.name).iterator(chunk_size=BATCH)
