"""Signing in: by phone and password, or, for volunteers, by phone and one-time code."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from accounts import phones


class PhoneField(forms.CharField):
    """A mainland mobile number, as people type it."""

    widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 24, "label": _("Mobile number"), **kwargs})

    def clean(self, value: Any) -> str:
        number = phones.normalise(super().clean(value) or "")
        if number:
            phones.check(number)
        return number


class SignInForm(AuthenticationForm):
    """Phone and password. A wrong phone and a wrong password read alike."""

    username = PhoneField()
    error_messages = {
        "invalid_login": _(
            "Phone or password is not right. Check both; after eight tries there is a pause of 15 minutes."
        ),
        "inactive": _("This account may not sign in. Ask the street office."),
    }


class PhoneForm(forms.Form):
    """Where to send a code."""

    phone = PhoneField(help_text=_("We send a code there, to know that the number is yours."))


class CodeForm(forms.Form):
    """The code that was sent."""

    code = forms.CharField(
        label=_("Code"),
        max_length=6,
        min_length=6,
        help_text=_("Six digits, valid for 10 minutes."),
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "pattern": "[0-9]{6}"}
        ),
    )
