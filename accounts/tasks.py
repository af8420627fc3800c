"""Tasks of this floor, by room."""

from accounts.audit.tasks import forget_old
from accounts.keys.tasks import tend
from accounts.signin.phone.tasks import forget_codes, send_code
from accounts.signin.tasks import mail

__all__ = ["forget_codes", "forget_old", "mail", "send_code", "tend"]
