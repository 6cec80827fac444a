"""The special actions of public health (爱国卫生专项行动): seven a set, a set an edition, each with its check-list."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaign.marks import CountedModel
from campaign.models import Committee, Community
from campaign.scoping import Scope, ScopedModel
from grids.models.checklist import Checklist, ChecklistItem
from grids.models.patrol import Answer
from grids.models.point import Point


class HealthAction(ScopedModel):
    """One special action of an edition, with the days between which it runs. The next edition is other rows."""

    scope = Scope(committee="committee", reference=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="health_actions", verbose_name=_("committee")
    )
    edition = models.CharField(_("edition"), max_length=20)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    name = models.CharField(_("name"), max_length=40)
    checklist = models.ForeignKey(
        Checklist, models.PROTECT, related_name="health_actions", verbose_name=_("check-list")
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        verbose_name = _("special action")
        verbose_name_plural = _("special actions")
        ordering = ["committee", "-first_day", "order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "edition", "name"], name="health_action_once"),
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="health_action_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}({self.edition})"


class HealthCheck(CountedModel):
    """A community, or one of its points, looked at by an action's list. Never anything about a person's health."""

    scope = Scope(committee="committee", community="community", own="by")
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="health_checks", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="health_checks", verbose_name=_("community")
    )
    action = models.ForeignKey(
        HealthAction, models.PROTECT, related_name="checks", verbose_name=_("special action")
    )
    point = models.ForeignKey(
        Point, models.PROTECT, null=True, blank=True, related_name="health_checks", verbose_name=_("point"),
        help_text=_("Empty when the community as a whole was looked at."),
    )  # fmt: skip
    day = models.DateField(_("day"))
    points_reached = models.PositiveSmallIntegerField(_("points reached"), default=0)
    points_possible = models.PositiveSmallIntegerField(_("points possible"), default=0)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("checked by"),
    )  # fmt: skip
    form_key = models.UUIDField(_("form key"), null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("check of a special action")
        verbose_name_plural = _("checks of special actions")
        ordering = ["-day", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(points_reached__lte=F("points_possible")), name="health_check_within_possible"
            )
        ]
        indexes = [models.Index(fields=["day", "action"], name="health_check_counted")]

    def __str__(self) -> str:
        return f"{self.action} {self.community} {self.day}"


class HealthAnswer(ScopedModel):
    """What was seen of one standard. It stands as it was written."""

    # `check` would hide the model's own method of that name.
    scope = Scope(committee="of__committee", community="of__community", own="of__by")
    of = models.ForeignKey(HealthCheck, models.CASCADE, related_name="answers", verbose_name=_("check"))
    item = models.ForeignKey(
        ChecklistItem, models.PROTECT, related_name="health_answers", verbose_name=_("standard")
    )
    value = models.CharField(_("answer"), max_length=3, choices=Answer.Value)
    faults = models.PositiveSmallIntegerField(
        _("faults"), default=1, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("answer to a special action")
        verbose_name_plural = _("answers to special actions")
        ordering = ["of", "item"]
        constraints = [models.UniqueConstraint(fields=["of", "item"], name="health_answer_once")]

    def __str__(self) -> str:
        return f"{self.item}: {self.get_value_display()}"
