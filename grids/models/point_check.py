from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.scoping import Scope, ScopedModel
from grids.models.patrol import Patrol
from grids.models.point import Point


class PointCheck(ScopedModel):
    """A form of answers that was taken in: one point, one sending. The same key again is the same sending, however
    often a telephone in a dead spot repeats it. Only appended."""

    scope = Scope(
        committee="patrol__committee",
        community=("patrol__community", "patrol__shown_to"),
        leader="patrol__zone__leader",
        own="sent_by",
    )
    patrol = models.ForeignKey(Patrol, models.CASCADE, related_name="checks", verbose_name=_("patrol"))
    point = models.ForeignKey(Point, models.PROTECT, related_name="checks", verbose_name=_("point"))
    form_key = models.UUIDField(_("form key"), unique=True, editable=False)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("sent by")
    )
    seen_at = models.DateTimeField(_("seen at"))
    received_at = models.DateTimeField(_("received at"))

    class Meta:
        verbose_name = _("check of a point")
        verbose_name_plural = _("checks of points")
        ordering = ["patrol", "received_at", "pk"]

    def __str__(self) -> str:
        return f"{self.point} {self.seen_at:%Y-%m-%d %H:%M}"
