from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import phones


class UserManager(BaseUserManager["User"]):
    """Makes accounts; a phone number is the name one signs in with."""

    def create_user(self, phone: str, name: str, password: str | None = None, **fields: Any) -> "User":
        """A new account. Without a password it can be entered by one-time code only."""
        user = self.model(phone=phones.normalise(phone), name=name, **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, phone: str, name: str, password: str | None = None, **fields: Any) -> "User":
        """The system's administrator, who belongs to no street and sees all."""
        return self.create_user(phone, name, password, is_superuser=True, is_staff=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(phone=phones.normalise(username or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. What the person may see and do is said by appointments, not here."""

    phone = models.CharField(_("mobile number"), max_length=11, unique=True, validators=[phones.check])
    name = models.CharField(pgettext_lazy("person", "name"), max_length=40)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("may open the admin"), default=False)
    is_demo = models.BooleanField(
        _("demo person"), default=False, help_text=_("Invented for the demo; never a real person.")
    )
    date_joined = models.DateTimeField(_("since"), default=timezone.now)

    USERNAME_FIELD = "phone"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def masked_phone(self) -> str:
        return phones.mask(self.phone)
