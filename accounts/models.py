"""Tables of this floor, by room."""

from accounts.audit.models import SecurityEvent
from accounts.keys.models import ApiKey, SigningKey, TokenFamily
from accounts.people.models import Profile, User
from accounts.signin.models import PhoneChallenge

__all__ = ["ApiKey", "PhoneChallenge", "Profile", "SecurityEvent", "SigningKey", "TokenFamily", "User"]
