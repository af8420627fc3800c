"""Our side of allauth's account pages: who may come in, what mails say and link to, where one lands."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts.signin import mails, sessions
from accounts.signin.devices import device
from config.lib.callers import client_address

if TYPE_CHECKING:
    from allauth.account.models import EmailConfirmation
    from django.http import HttpRequest

    from accounts.people.models import User

LISTENERS = "user"
"""The group of everybody who made an account of their own."""

API = "/api/"
NO_ADDRESS = "0.0.0.0"  # noqa: S104 - said of callers whose address is not known, nothing listens on it


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Asked by allauth wherever a site decides."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed. Ask whoever runs the station."),
        "duplicate_email": _("This is your address already."),
        "email_password_mismatch": _("Address and password do not belong together. Check both; capitals matter."),
        "enter_current_password": _("This is not the password you have now."),
        "incorrect_code": _("This code is not right, or not any more. Enter the one that is shown now."),
        "incorrect_password": _("This is not your password."),
        "invalid_login": _("Address and password do not belong together. Check both; capitals matter."),
        "invalid_password_reset": _("This link does not work any more. Ask for a new one."),
        "rate_limited": _("Too many tries. Wait a few minutes, then try again."),
        "too_many_login_attempts": _("Too many tries. Wait a few minutes, then try again."),
        "unverified_primary_email": _("Confirm your address first: follow the link in the mail."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        """Tell whether people may make accounts of their own."""
        return bool(settings.REGISTRATION)

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - allauth's signature
        """Keep a new person, with what every listener may."""
        saved: User = super().save_user(request, user, form, commit)
        listeners = Group.objects.filter(name=LISTENERS).first()
        if commit and listeners:
            saved.groups.add(listeners)
        return saved

    def login(self, request: HttpRequest, user: User) -> None:
        """Open the session anew, and end the oldest when there are too many."""
        super().login(request, user)
        sessions.begin(request.session)
        sessions.keep_at_most(person=user, request=request)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that our own proxies report."""
        return client_address(request) or NO_ADDRESS

    def is_safe_url(self, url: str) -> bool:
        """Tell whether one may be sent on to there: to a path of this site, and to no other site."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Send staff to the console, everybody else to their account."""
        return reverse("admin:index") if admin.site.has_permission(request) else settings.ACCOUNT_HOME

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """Send them where signing in would."""
        return self.get_login_redirect_url(request)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link of a mail; never from the request's host, which anybody may write."""
        return ours("account_reset_password_from_key", uidb36="UID", key="KEY").replace("UID-KEY", key)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: EmailConfirmation) -> str:  # noqa: ARG002 - allauth's signature
        """Return the link of a mail; likewise."""
        return ours("account_confirm_email", key=emailconfirmation.key)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write a mail from its two templates, and send it."""
        told = {
            **context,
            "email": email,
            "site_url": settings.SITE_URL,
            "reset_link": ours("account_reset_password"),
            "register_link": ours("account_signup") if settings.REGISTRATION else "",
            "sessions_link": ours("usersessions_list"),
            "device": device(context.get("user_agent", "")),
        }
        subject = " ".join(render_to_string(f"{template_prefix}_subject.txt", told).split())
        mails.send(to=email, subject=subject, text=render_to_string(f"{template_prefix}_message.txt", told))

    def add_message(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Leave a word for the next page; programs have none, and get no cookie for it."""
        if not request.path.startswith(API):
            super().add_message(request, *args, **kwargs)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask again for the password before something serious, unless it was given a moment ago."""
        if not super().is_reauthentication_required(app=app, **kwargs):
            return False
        given = get_authentication_records(self.request, self.request.user)
        return not given or time.time() - given[-1]["at"] > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def ours(name: str, **kwargs: str) -> str:
    """Return the whole address of one of our pages."""
    return f"{settings.SITE_URL}{reverse(name, kwargs=kwargs)}"
