from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.scoping import WholeStreet


class CalendarDay(models.Model):
    """One day of the State Council's calendar: worked or not, make-up days included."""

    scope = WholeStreet("the national calendar, the same for every street")
    day = models.DateField(_("day"), unique=True)
    is_working = models.BooleanField(_("working day"))
    name = models.CharField(_("holiday"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["day"]

    def __str__(self) -> str:
        return str(self.day)
