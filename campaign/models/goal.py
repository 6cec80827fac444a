"""What the street wants by when; how far it is comes from the tallies."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaign.models.organisation import Committee, Community
from campaign.scoping import Scope, ScopedModel


class Stage(ScopedModel):
    """A stretch of the campaign with goals of its own."""

    scope = Scope(committee="committee", reference=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="stages", verbose_name=_("committee")
    )
    name = models.CharField(_("name"), max_length=60)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ["committee", "first_day"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="stage_ends_after_start"),
            models.UniqueConstraint(fields=["committee", "name"], name="stage_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Goal(ScopedModel):
    """So much of a metric by the end of a stage, for the street or for one community."""

    scope = Scope(committee="stage__committee", community="community")
    stage = models.ForeignKey(Stage, models.CASCADE, related_name="goals", verbose_name=_("stage"))
    metric = models.CharField(_("metric"), max_length=60)
    community = models.ForeignKey(
        Community, models.CASCADE, null=True, blank=True, related_name="goals", verbose_name=_("community"),
        help_text=_("Empty for a goal of the whole street."),
    )  # fmt: skip
    target = models.DecimalField(
        _("target"), max_digits=12, decimal_places=2, validators=[MinValueValidator(1)]
    )
    answerable = models.CharField(_("who answers for it"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        ordering = ["stage", "metric", "community"]
        constraints = [models.CheckConstraint(condition=Q(target__gt=0), name="goal_above_nought")]

    def __str__(self) -> str:
        return f"{self.metric} {self.target}"

    def clean(self) -> None:
        from campaign import registry

        if self.metric and self.metric not in registry.metrics:
            raise ValidationError({"metric": _("This is not counted by the portal: choose one of the list.")})
        if self.community and self.stage_id and self.community.committee_id != self.stage.committee_id:
            raise ValidationError({"community": _("It belongs to another street.")})
