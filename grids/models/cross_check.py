from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models import Committee
from campaign.scoping import Scope, ScopedModel
from grids.models.checklist import Checklist


class CrossCheck(ScopedModel):
    """A round of unannounced checks (交叉互查): each community's points are looked at by patrollers of another.

    Only the street's office sees the round. The patrols that come of it belong to the community that walks them;
    the checked one sees each when it is done (`Patrol.shown_to`).
    """

    scope = Scope(committee="committee")
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="cross_checks", verbose_name=_("committee")
    )
    title = models.CharField(_("title"), max_length=40)
    checklist = models.ForeignKey(
        Checklist, models.PROTECT, related_name="cross_checks", verbose_name=_("check-list")
    )
    day = models.DateField(_("day"))
    start_time = models.TimeField(_("starts at"))
    window_minutes = models.PositiveSmallIntegerField(
        _("window in minutes"), default=180, validators=[MinValueValidator(10), MaxValueValidator(1440)]
    )
    points_each = models.PositiveSmallIntegerField(
        _("points of each community"), default=3, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    seed = models.PositiveIntegerField(
        _("seed of the draw"),
        help_text=_("The same seed over the same points draws the same: anyone can check it."),
    )
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("drawn by"),
    )
    drawn_at = models.DateTimeField(_("drawn at"))

    class Meta:
        verbose_name = _("cross-check")
        verbose_name_plural = _("cross-checks")
        ordering = ["-day", "-pk"]
        constraints = [models.UniqueConstraint(fields=["committee", "title", "day"], name="cross_check_once")]

    def __str__(self) -> str:
        return self.title
