"""Which days a form may name."""

import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

FIRST_YEAR, LAST_YEAR = 2000, 2200


def can_be(day: datetime.date) -> None:
    """A validator for days and moments: at the edges of the calendar no time zone can hold them, and a year
    far from ours is a slip of the finger."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValidationError(_("Choose a day between 2000 and 2200."), "day")
