"""Tables of this floor, by room."""

from accounts.people.models import User

__all__ = ["User"]
