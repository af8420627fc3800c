"""The forms of allauth's pages, with our labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account import forms as account_forms
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from accounts.signin import codes

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpRequest

    from accounts.people.models import User

    class _Base(Form):
        user: User

        def _emit_authentication_failed(self, authenticator: Authenticator | None) -> None: ...

else:
    _Base = object

ADDRESS = _("E-mail address")
PASSWORD = _("Password")
AGAIN = _("The same password again")
NEW = _("New password")
NOW = _("Password you have now")
LENGTH = _("12 characters or more. A few words that do not belong together are easy to keep in mind.")
CODE = _("Six digits of your app, or one of your recovery codes")


class OurWords(_Base):
    """Puts our labels in, and takes words out of the fields themselves: they are gone when one starts to type."""

    labels: ClassVar[dict[str, Any]] = {}
    hints: ClassVar[dict[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Label the fields."""
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")


class SignInForm(OurWords, account_forms.LoginForm):  # type: ignore[misc]  # allauth ships no types, here and below
    """Address and password."""

    labels: ClassVar = {"login": ADDRESS, "password": PASSWORD}


class RegisterForm(OurWords, account_forms.SignupForm):  # type: ignore[misc]
    """A new account."""

    labels: ClassVar = {"email": ADDRESS, "password1": PASSWORD, "password2": AGAIN}
    hints: ClassVar = {"password1": LENGTH}

    def try_save(self, request: HttpRequest) -> Any:
        """Take as long for an address that has an account: hashing is what one could measure."""
        if self.account_already_exists:
            self.burn()
        return super().try_save(request)

    def burn(self) -> None:
        """Hash the password and forget it."""
        make_password(self.cleaned_data["password1"])


class NewAddressForm(OurWords, account_forms.AddEmailForm):  # type: ignore[misc]
    """Another address."""

    labels: ClassVar = {"email": _("New e-mail address")}


class NewPasswordForm(OurWords, account_forms.ChangePasswordForm):  # type: ignore[misc]
    """Another password."""

    labels: ClassVar = {"oldpassword": NOW, "password1": NEW, "password2": AGAIN}
    hints: ClassVar = {"password1": LENGTH}


class FirstPasswordForm(OurWords, account_forms.SetPasswordForm):  # type: ignore[misc]
    """A password for somebody who had none."""

    labels: ClassVar = {"password1": NEW, "password2": AGAIN}
    hints: ClassVar = {"password1": LENGTH}


class ForgottenForm(OurWords, account_forms.ResetPasswordForm):  # type: ignore[misc]
    """Where to send the link to."""

    labels: ClassVar = {"email": ADDRESS}


class ResetForm(OurWords, account_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """The new password after a link was followed."""

    labels: ClassVar = {"password1": NEW, "password2": AGAIN}
    hints: ClassVar = {"password1": LENGTH}


class PasswordAgainForm(OurWords, account_forms.ReauthenticateForm):  # type: ignore[misc]
    """The password once more."""

    labels: ClassVar = {"password": PASSWORD}


class _UsedUp(_Base):
    """Takes a code once, whatever allauth would think of it."""

    def clean_code(self) -> str:
        """Use the code up."""
        code = str(self.cleaned_data["code"])
        found = codes.use(person=self.user, code=code)
        if found is None:
            own = Authenticator.objects.filter(user=self.user).exclude(type=Authenticator.Type.WEBAUTHN)
            self._emit_authentication_failed(own.order_by("-type").first())
            raise get_adapter().validation_error("incorrect_code")
        found.user = self.user
        self.authenticator = found
        return code


class CodeForm(OurWords, _UsedUp, mfa_forms.AuthenticateForm):  # type: ignore[misc]
    """A code of the app, or a recovery code."""

    labels: ClassVar = {"code": CODE}


class CodeAgainForm(OurWords, _UsedUp, mfa_forms.ReauthenticateForm):  # type: ignore[misc]
    """The same, once more."""

    labels: ClassVar = {"code": CODE}


class AppForm(OurWords, ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an app."""

    labels: ClassVar = {"code": _("The six digits it shows now")}


class PasskeyForm(OurWords, AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey or security key."""

    labels: ClassVar = {"name": _("Name"), "passwordless": _("Sign in with it alone, without a password")}
    hints: ClassVar = {
        "name": _("So that you know it again: the phone, the key on your ring."),
        "passwordless": _("It then asks for a fingerprint, a face or a PIN itself."),
    }


class PasskeyNameForm(OurWords, EditWebAuthnForm):  # type: ignore[misc]
    """Another name."""

    labels: ClassVar = {"name": _("Name")}
