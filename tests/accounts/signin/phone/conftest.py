"""Fixtures of this folder."""

from tests.accounts.signin.phone.stage import ana, msg91, no_waiting

__all__ = ["ana", "msg91", "no_waiting"]
