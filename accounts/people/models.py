"""People who sign in."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from accounts.audit.watching import watch


class UserManager(BaseUserManager["User"]):
    """Creates people by e-mail address."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Find a person by address, whatever its case."""
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a person.

        Raises:
            ValueError: the address is empty.

        """
        if not email:
            message = "An e-mail address is needed."
            raise ValueError(message)
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a person who may do everything in the console; whoever can, runs the station and vouches for them."""
        from accounts.signin.addresses import vouch_for_address  # noqa: PLC0415 - it needs the models to be there

        person = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
        vouch_for_address(person=person)
        return person


class User(AbstractUser):
    """A person; the e-mail address is the login."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = None  # type: ignore[assignment]
    email = models.EmailField(
        "e-mail address",
        unique=True,
        error_messages={"unique": "Someone with this e-mail address exists already."},
    )

    phone = models.CharField(
        max_length=16,
        null=True,
        blank=True,
        unique=True,
        help_text="With the country's code: +628123456789.",
        error_messages={"unique": "Someone with this phone number exists already."},
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        """One row per address, whatever its case."""

        verbose_name = "person"
        verbose_name_plural = "people"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Lower("email"), name="person_email_any_case"),
            # Nothing is NULL, or many people without a number would have the same one.
            models.CheckConstraint(
                condition=models.Q(phone__isnull=True) | models.Q(phone__regex=r"^\+[1-9][0-9]{6,14}$"),
                name="person_phone_e164",
            ),
        ]
        triggers: ClassVar[list[Any]] = watch(named="email", ignored=("last_login",))

    def __str__(self) -> str:
        """The address."""
        return self.email


class Profile(models.Model):
    """What a person tells about themselves (table ``profiles``); all of it may be empty."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="profile")
    address = models.TextField(max_length=500, blank=True)
    bio = models.TextField(max_length=2000, blank=True)
    avatar = models.FileField(upload_to="avatars", blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        """The seeds' table name."""

        db_table = "profiles"
        triggers: ClassVar[list[Any]] = watch(
            key="person_id", hidden=("address", "bio", "avatar"), ignored=("created_at",)
        )

    def __str__(self) -> str:
        """Whose it is."""
        return f"Profile of {self.person}"
