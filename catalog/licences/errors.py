"""What can be wrong with a licence, each with a sentence for the person who typed it."""

from __future__ import annotations

from typing import ClassVar

from config.lib.problem import LongwaveError


class LicenceInvalidError(LongwaveError):
    """A field cannot be used as it is."""

    status: ClassVar[int] = 422
    title: ClassVar[str] = "The licence is not valid"


class LicenceInUseError(LongwaveError):
    """Loops or tracks are under it."""

    status: ClassVar[int] = 409
    title: ClassVar[str] = "The licence is in use"


class ProofTooLargeError(LongwaveError):
    """The proof has more bytes than one may have."""

    status: ClassVar[int] = 413
    title: ClassVar[str] = "The file is too large"
