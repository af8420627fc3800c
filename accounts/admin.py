"""The console's screens of this floor, by room."""

from accounts.audit.admin import ChangeAdmin, SecurityEventAdmin
from accounts.people.admin import GroupAdmin, PersonAdmin

__all__ = ["ChangeAdmin", "GroupAdmin", "PersonAdmin", "SecurityEventAdmin"]
