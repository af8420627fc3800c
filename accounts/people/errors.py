"""What can go wrong with a person's account, each with a sentence for who asked."""

from __future__ import annotations

from typing import ClassVar

from config.lib.problem import LongwaveError


class PersonRefusedError(LongwaveError):
    """What was given about a person cannot be kept; nothing was."""

    status: ClassVar[int] = 422
    title: ClassVar[str] = "This cannot be kept"


class PhoneRefusedError(PersonRefusedError):
    """The number is none that can be reached, or somebody else's."""

    title: ClassVar[str] = "The phone number was refused"


class AvatarRefusedError(PersonRefusedError):
    """The file is no picture that is shown; nothing of it was kept."""

    title: ClassVar[str] = "The picture was refused"


class AvatarTooLargeError(AvatarRefusedError):
    """The file has more bytes than a picture of a person needs."""

    status: ClassVar[int] = 413
    title: ClassVar[str] = "The picture is too large"


class PasswordWrongError(LongwaveError):
    """Whoever asks did not show that the account is theirs."""

    status: ClassVar[int] = 403
    title: ClassVar[str] = "The password is not right"


class SignedInLongAgoError(LongwaveError):
    """What is asked for needs somebody who has just shown who they are."""

    status: ClassVar[int] = 403
    title: ClassVar[str] = "Sign in again first"


class LastAdminError(LongwaveError):
    """Without this person nobody could run the installation."""

    status: ClassVar[int] = 409
    title: ClassVar[str] = "The last administrator stays"
