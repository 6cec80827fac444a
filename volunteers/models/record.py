"""What belongs into a record of service besides the hours: training and commendations (Order 67, articles 5–9)."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models import Committee, Community
from campaign.scoping import Scope, ScopedModel
from volunteers.models.volunteer import Volunteer


class RecordLine(ScopedModel):
    """A line of somebody's record: what, by whom, on which day."""

    scope = Scope(committee="committee", community="community", own="volunteer__user")
    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name=_("committee"))
    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name=_("community"))
    volunteer = models.ForeignKey(
        Volunteer, models.PROTECT, related_name="%(class)ss", verbose_name=_("volunteer")
    )
    day = models.DateField(_("day"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
    )

    class Meta:
        abstract = True
        ordering = ["-day", "-pk"]


class Training(RecordLine):
    """A training that a volunteer took."""

    scope = RecordLine.scope
    content = models.CharField(_("what was taught"), max_length=80)
    organiser = models.CharField(_("organiser"), max_length=60)
    place = models.CharField(_("place"), max_length=80, blank=True)
    minutes = models.PositiveIntegerField(
        _("minutes"), validators=[MinValueValidator(1), MaxValueValidator(60_000)]
    )

    class Meta(RecordLine.Meta):
        verbose_name = _("training")
        verbose_name_plural = _("trainings")
        constraints = [
            models.UniqueConstraint(fields=["volunteer", "day", "content"], name="training_entered_once")
        ]

    def __str__(self) -> str:
        return self.content


class Commendation(RecordLine):
    """An honour that a volunteer received. It is given for a deed, never by a ranking of people."""

    scope = RecordLine.scope
    title = models.CharField(_("honour"), max_length=60)
    given_by = models.CharField(_("given by"), max_length=60)
    reason = models.CharField(_("what for"), max_length=200, blank=True)

    class Meta(RecordLine.Meta):
        verbose_name = _("commendation")
        verbose_name_plural = _("commendations")
        constraints = [
            models.UniqueConstraint(fields=["volunteer", "day", "title"], name="commendation_entered_once")
        ]

    def __str__(self) -> str:
        return self.title
