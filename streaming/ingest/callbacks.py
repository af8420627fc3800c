"""Reads what nginx-rtmp tells: who publishes, and who has stopped. Pure.

nginx-rtmp escapes the values it knows but appends whatever a publisher wrote behind a ``?`` as it came, so a
publisher can add fields of any name. A field that stands there twice therefore refuses the whole call.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from streaming.ingest.errors import CallWrongError

FIELDS_MOST = 40
CLIENT_LIMIT = 64


@dataclass(frozen=True)
class Publish:
    """A connection that begins or ended to publish; ``key`` is secret."""

    call: str
    key: str = field(repr=False)
    client_id: str
    address: str


def read_call(body: bytes, *, call: str) -> Publish:
    """Read the form of one callback.

    Raises:
        CallWrongError: it is not the call that belongs to this door, or a field is missing or doubled.

    """
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=FIELDS_MOST)
    except ValueError as error:
        raise CallWrongError("The body is no form in UTF-8, or has too many fields.", field="body") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise CallWrongError("A field stands in the form twice.", field="body")
    if fields.get("call") != call:
        raise CallWrongError(f"This door takes the call {call}.", field="call")
    for name in ("name", "clientid"):
        if not fields.get(name):
            raise CallWrongError(f"The field {name} is missing.", field=name)
    if len(fields["clientid"]) > CLIENT_LIMIT:
        raise CallWrongError("The connection's number is too long.", field="clientid")
    return Publish(call, fields["name"], fields["clientid"], fields.get("addr", ""))
