"""Phone numbers in the one form they are kept in: E.164, as ITU-T writes it, ``+628123456789``."""

from __future__ import annotations

import phonenumbers

from accounts.people.errors import PhoneRefusedError

LONGEST = 32
"""Characters of what is typed: 15 digits with spaces, dashes and brackets between them."""


def e164(typed: str, *, field: str = "phone") -> str:
    """Return a number as E.164, whatever it is written with.

    Raises:
        PhoneRefusedError: the country's code is missing, or no phone can have this number.

    """
    text = typed.strip()
    if len(text) > LONGEST:
        raise PhoneRefusedError("A phone number has at most 15 digits. Enter just the number.", field=field)
    if not text.startswith(("+", "\uff0b")):
        raise PhoneRefusedError("Begin with + and the country's code, for example +62 812 3456 789.", field=field)
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException as error:
        raise PhoneRefusedError(_not_one(), field=field) from error
    if number.extension or not phonenumbers.is_valid_number(number):
        raise PhoneRefusedError(_not_one(), field=field)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _not_one() -> str:
    return "No phone can have this number. Check its digits and the country's code."
