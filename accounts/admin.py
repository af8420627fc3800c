"""The console's screens of this floor, by room."""

from accounts.people.admin import GroupAdmin, PersonAdmin

__all__ = ["GroupAdmin", "PersonAdmin"]
