from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaign.marks import CountedModel
from campaign.models import Committee, Community
from campaign.scoping import Scope, ScopedModel


class VisitRound(ScopedModel):
    """A round of visits (走访): what it is for, from when until when; the communities enter their batches for it."""

    scope = Scope(committee="committee", reference=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="visit_rounds", verbose_name=_("committee")
    )
    name = models.CharField(_("name"), max_length=60)
    purpose = models.CharField(_("what it is for"), max_length=120, blank=True)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        verbose_name = _("plan of a round of visits")
        verbose_name_plural = _("plans of rounds of visits")
        ordering = ["committee", "-first_day", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "name"], name="visit_round_name_once"),
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="visit_round_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class VisitBatch(CountedModel):
    """A day's round of visits in one place: how many residents or firms were visited, in person-visits (人次).

    Never who, never anyone's health: a count is enough (PIPL article 28).
    """

    class Kind(models.TextChoices):
        RESIDENT = "resident", _("residents")
        FIRM = "firm", _("firms")

    scope = Scope(committee="committee", community="community", own="entered_by")
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="visits", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="visits", verbose_name=_("community")
    )
    kind = models.CharField(_("whom"), max_length=10, choices=Kind)
    day = models.DateField(_("day"))
    visits = models.PositiveIntegerField(_("visits"), validators=[MinValueValidator(1)])
    persons = models.PositiveIntegerField(
        _("persons or firms"), null=True, blank=True, validators=[MinValueValidator(1)],
        help_text=_("How many different ones, each counted once; empty where nobody counted them apart."),
    )  # fmt: skip
    round = models.ForeignKey(
        VisitRound, models.PROTECT, null=True, blank=True, related_name="batches", verbose_name=_("round"),
        help_text=_("Empty for a visit outside any round."),
    )  # fmt: skip
    place = models.CharField(_("place"), max_length=80, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("entered by"),
    )  # fmt: skip
    form_key = models.UUIDField(_("form key"), null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("round of visits")
        verbose_name_plural = _("rounds of visits")
        ordering = ["-day", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(visits__gt=0), name="visits_above_nought"),
            models.CheckConstraint(
                condition=Q(persons=None) | Q(persons__gt=0, persons__lte=F("visits")),
                name="visited_persons_within_visits",
            ),
        ]
        indexes = [models.Index(fields=["day", "kind"], name="visit_counted")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.visits}"


class HealthReport(CountedModel):
    """A community's daily report to the street: numbers of confirmed and suspected infections, no persons."""

    scope = Scope(committee="committee", community="community")
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="health_reports", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="health_reports", verbose_name=_("community")
    )
    day = models.DateField(_("day"))
    confirmed = models.PositiveIntegerField(_("confirmed"), default=0)
    suspected = models.PositiveIntegerField(_("suspected"), default=0)

    class Meta:
        verbose_name = _("health report")
        verbose_name_plural = _("health reports")
        ordering = ["-day", "community"]
        constraints = [models.UniqueConstraint(fields=["community", "day"], name="health_report_once_a_day")]

    def __str__(self) -> str:
        return f"{self.community} {self.day}"
