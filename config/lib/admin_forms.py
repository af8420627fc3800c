"""Forms of the console that save by calling a service, and show what it refuses at the field it names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.forms.models import construct_instance

from config.lib.problem import LongwaveError

_M = TypeVar("_M", bound=models.Model)

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm
else:

    class _ModelForm(forms.ModelForm):
        """Lets the base below be written ``ServiceForm[Model]``."""

        def __class_getitem__(cls, model: object) -> type:
            return cls


class ServiceForm(_ModelForm[_M]):
    """A form whose last step of validation is the use case itself.

    The fields are checked first; only if all of them are fine :meth:`perform` runs, in a savepoint, so that a
    form with an error has written nothing. Saving afterwards has nothing left to do.
    """

    def perform(self) -> _M:
        """Call the service with ``cleaned_data`` and return the row.

        Raises:
            LongwaveError: shown at its ``field`` if the form has it, else above the form.

        """
        raise NotImplementedError

    def save(self, commit: bool = True) -> _M:  # noqa: FBT001, FBT002, ARG002 - Django's signature
        """Return the row that the service wrote."""
        return self.instance

    def save_m2m(self) -> None:
        """Save nothing more: the service has."""

    def _post_clean(self) -> None:
        """Fill the instance from the fields; uniqueness is the service's to judge, in a sentence of its own."""
        exclude = self._get_validation_exclusions()  # type: ignore[attr-defined]  # Django's, not in its stubs
        self.instance = construct_instance(self, self.instance, self._meta.fields, self._meta.exclude)
        try:
            self.instance.full_clean(exclude=exclude, validate_unique=False, validate_constraints=False)
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]  # the same
        if not self.errors:
            self._perform()

    def _perform(self) -> None:
        try:
            with transaction.atomic():
                self.instance = self.perform()
        except LongwaveError as error:
            self.add_error(error.field if error.field in self.fields else None, error.detail)


class SavedByForm:
    """For screens with a :class:`ServiceForm`: Django's own saving of the row is left out."""

    def save_model(self, request: Any, obj: Any, form: Any, change: Any) -> None:
        """Do nothing: the form's service has saved the row."""
