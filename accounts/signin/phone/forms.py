"""What is typed: a number, and the code that came."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.people.errors import PhoneRefusedError
from accounts.people.phones import LONGEST, e164
from accounts.signin.phone.codes import DIGITS


class NumberForm(forms.Form):
    """A phone number."""

    phone = forms.CharField(
        label=_("Phone number"),
        max_length=LONGEST,
        help_text=_("With the country's code, for example +62 812 3456 789."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "autofocus": True}),
    )

    def clean_phone(self) -> str:
        """Return it as E.164."""
        try:
            return e164(self.cleaned_data["phone"])
        except PhoneRefusedError as error:
            raise forms.ValidationError(error.detail) from error


class CodeForm(forms.Form):
    """A code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=16,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}),
    )

    def clean_code(self) -> str:
        """Return its digits; people type the spaces that a message shows."""
        code: Any = "".join(self.cleaned_data["code"].split())
        if len(code) != DIGITS or not (code.isascii() and code.isdecimal()):
            raise forms.ValidationError(_("A code has six digits. Enter those of the message."))
        return str(code)
