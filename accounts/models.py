"""Tables of this floor, by room."""

from accounts.audit.models import Change, SecurityEvent
from accounts.audit.watched import (
    GroupPermission,
    PersonAddress,
    PersonGroup,
    PersonPermission,
    SecondFactor,
    WatchedGroup,
)
from accounts.keys.models import ApiKey, SigningKey, TokenFamily
from accounts.people.models import Profile, User
from accounts.signin.models import PhoneChallenge

__all__ = [
    "ApiKey",
    "Change",
    "GroupPermission",
    "PersonAddress",
    "PersonGroup",
    "PersonPermission",
    "PhoneChallenge",
    "Profile",
    "SecondFactor",
    "SecurityEvent",
    "SigningKey",
    "TokenFamily",
    "User",
    "WatchedGroup",
]
