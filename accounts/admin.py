"""The console's screens of this floor, by room."""

from accounts.audit.admin import ChangeAdmin, SecurityEventAdmin
from accounts.keys.admin import ApiKeyAdmin
from accounts.people.admin import GroupAdmin, PersonAdmin

__all__ = ["ApiKeyAdmin", "ChangeAdmin", "GroupAdmin", "PersonAdmin", "SecurityEventAdmin"]
