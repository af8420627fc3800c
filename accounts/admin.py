"""The console's screens of this floor, by room."""

from accounts.audit.admin import ChangeAdmin, SecurityEventAdmin
from accounts.keys.admin import ApiKeyAdmin
from accounts.people.admin import GroupAdmin, PersonAdmin
from accounts.signin import admin as signin_admin

__all__ = ["ApiKeyAdmin", "ChangeAdmin", "GroupAdmin", "PersonAdmin", "SecurityEventAdmin", "signin_admin"]
