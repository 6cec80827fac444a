"""What came of the clocks, and how a street lets them run."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.marks import CountedModel
from campaign.models import Committee, Community
from campaign.scoping import Scope, ScopedModel
from grids.models.case import Case


class ClockRecord(CountedModel):
    """A deadline that came, and whether it was kept. Rows are only ever appended, one of a kind a run of a case.

    So a rate that was published is the same when it is counted again: an extension, a reopening or a suspension
    that comes later begins something new and takes nothing back.
    """

    class Kind(models.TextChoices):
        RESPONSE_DUE = "response_due", _("response due")
        RESPONDED_IN_TIME = "responded", _("responded in time")
        DUE = "due", _("due")
        CLOSED = "closed", _("closed within its statistical month")
        CLOSED_IN_TIME = "in_time", _("closed in time")
        CLOSED_LATER = "later", _("closed in a later statistical month")

    scope = Scope(
        committee="committee",
        community="community",
        unit="case__unit",
        leader="case__zone__leader",
        own=("case__reporter", "case__handler"),
    )
    case = models.ForeignKey(Case, models.CASCADE, related_name="clock_records", verbose_name=_("case"))
    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name=_("committee"))
    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name=_("community"))
    run = models.PositiveSmallIntegerField(_("run of the clock"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    day = models.DateField(
        _("day"), help_text=_("The deadline's day; of what was closed in a later month, the day of closing.")
    )
    at = models.DateTimeField(_("put on record at"))

    class Meta:
        verbose_name = _("clock record")
        verbose_name_plural = _("clock records")
        ordering = ["day", "pk"]
        constraints = [models.UniqueConstraint(fields=["case", "run", "kind"], name="clock_record_once")]
        indexes = [models.Index(fields=["day", "kind"], name="clock_record_counted")]

    def __str__(self) -> str:
        return f"{self.case.code} {self.get_kind_display()}"


class ClockSetting(ScopedModel):
    """How a street counts its months and how long it waits for an answer, from a day on."""

    scope = Scope(committee="committee", reference=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="clock_settings", verbose_name=_("committee")
    )
    since = models.DateField(_("in force since"))
    month_ends_on = models.PositiveSmallIntegerField(
        _("last day of the statistical month"), default=25,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text=_("31 is the calendar month. It holds from the first month that begins under it."),
    )  # fmt: skip
    waiting_days = models.PositiveSmallIntegerField(
        _("working days to wait for the reporter"), default=3,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("Then the case goes on without an answer."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("clock setting")
        verbose_name_plural = _("clock settings")
        ordering = ["committee", "-since"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "since"], name="clock_setting_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(month_ends_on__range=(1, 31)), name="statistical_month_ends_on_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.since}"
