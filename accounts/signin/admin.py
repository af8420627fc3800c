"""allauth's own screens are taken off the console: they show second factors and addresses as rows that can be edited.

What an operator does with them is on a person's screen, by services that end sessions and write down who did it.
"""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin

for screen in (EmailAddress, Authenticator, UserSession):
    admin.site.unregister(screen)
