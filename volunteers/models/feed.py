"""The secret address of a person's calendar feed."""

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.scoping import Scope, ScopedModel
from volunteers.models.volunteer import Volunteer


def new_token() -> str:
    """192 bits: whoever has the address reads the calendar, so nobody guesses it."""
    return secrets.token_urlsafe(24)


class CalendarFeed(ScopedModel):
    """By which address a volunteer's calendar program reads the own activities; made anew, the old one is dead."""

    scope = Scope(committee="volunteer__committee", own="volunteer__user")
    volunteer = models.OneToOneField(
        Volunteer, models.CASCADE, related_name="calendar_feed", verbose_name=_("volunteer")
    )
    token = models.CharField(_("secret part of the address"), max_length=40, unique=True, default=new_token)
    made_at = models.DateTimeField(_("made at"), auto_now=True)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")

    def __str__(self) -> str:
        return f"{self.volunteer_id}"
