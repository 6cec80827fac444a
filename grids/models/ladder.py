"""The ladder: who hears of a deadline that comes near or has passed, and who has taken note."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaign.models import Committee
from campaign.scoping import Scope, ScopedModel
from grids.models.case import Case


class LadderRung(ScopedModel):
    """One rung of a street's ladder: when the clock has run so far, these people hear of it."""

    class Clock(models.TextChoices):
        RESPONSE = "response", _("response")
        FIX = "fix", _("handling")

    class To(models.TextChoices):
        HANDLER = "handler", _("handler")
        ZONE_LEADER = "zone_leader", _("zone leader")
        SECRETARY = "secretary", _("community secretary")
        OFFICE = "office", _("office")

    scope = Scope(committee="committee", reference=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="ladder", verbose_name=_("committee")
    )
    clock = models.CharField(_("clock"), max_length=8, choices=Clock, default=Clock.FIX)
    percent = models.PositiveSmallIntegerField(
        _("percent of the limit"), default=100,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text=_("100 is the deadline itself."),
    )  # fmt: skip
    hours = models.PositiveSmallIntegerField(
        _("and so many hours later"), default=0, validators=[MaxValueValidator(999)],
        help_text=_("In the time of the limit; eight working hours make a working day."),
    )  # fmt: skip
    to = models.CharField(_("who hears of it"), max_length=12, choices=To)
    in_use = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("rung of the ladder")
        verbose_name_plural = _("ladder")
        ordering = ["committee", "-clock", "percent", "hours", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "clock", "percent", "hours", "to"], name="ladder_rung_once"
            ),
            models.CheckConstraint(condition=Q(percent__gte=1), name="ladder_rung_after_the_start"),
        ]

    def __str__(self) -> str:
        later = f" + {self.hours}" if self.hours else ""
        return f"{self.get_clock_display()} {self.percent}%{later}"


class Escalation(ScopedModel):
    """A rung that a case has reached: once in a run of its clock. Appended, never changed."""

    scope = Scope(
        committee="case__committee",
        community="case__community",
        unit="case__unit",
        leader="case__zone__leader",
    )
    case = models.ForeignKey(Case, models.CASCADE, related_name="escalations", verbose_name=_("case"))
    rung = models.ForeignKey(LadderRung, models.PROTECT, related_name="+", verbose_name=_("rung"))
    run = models.PositiveSmallIntegerField(_("run of the clock"))
    reached = models.CharField(
        _("went to"), max_length=12, choices=LadderRung.To,
        help_text=_("Who heard of it: the rung's own people or, where there were none, the next ones up."),
    )  # fmt: skip
    rung_at = models.DateTimeField(_("reached at"))
    due_at = models.DateTimeField(_("the deadline then"))
    made_at = models.DateTimeField(_("noticed at"))

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        ordering = ["case", "rung_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["case", "run", "rung"], name="rung_once_a_run")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.rung}"


class Digest(ScopedModel):
    """All that a person had not yet been told, told at once."""

    scope = Scope(committee="committee", own="person")
    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name=_("committee"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person")
    )
    made_at = models.DateTimeField(_("made at"))
    cases = models.PositiveIntegerField(_("cases"))

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["person", "-made_at"], name="digest_of_person")]

    def __str__(self) -> str:
        return f"{self.person} {self.cases}"


class Reminder(ScopedModel):
    """A person's copy of an escalation, with the receipt: told in which digest, seen, acknowledged."""

    scope = Scope(committee="escalation__case__committee", own="person")
    escalation = models.ForeignKey(
        Escalation, models.CASCADE, related_name="reminders", verbose_name=_("escalation")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person")
    )
    digest = models.ForeignKey(
        Digest, models.PROTECT, null=True, blank=True, related_name="reminders", verbose_name=_("digest")
    )
    seen_at = models.DateTimeField(_("seen at"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["escalation", "person"], name="reminder_once_a_person")
        ]
        indexes = [
            models.Index(fields=["person", "-id"], condition=Q(acknowledged_at=None), name="reminder_open"),
            models.Index(fields=["person"], condition=Q(digest=None), name="reminder_untold"),
        ]

    def __str__(self) -> str:
        return f"{self.escalation} {self.person}"
