"""What lies in the mailbox of a test, and what one can do with it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.core import mail


def newest(address: str):
    """The last mail that went to the address."""
    return [m for m in mail.outbox if m.to == [address]][-1]


def link_in(message) -> str:
    """The path of the first link of a mail."""
    found = urlsplit(re.search(r"^https?://\S+$", message.body, re.MULTILINE).group(0))
    return found.path
