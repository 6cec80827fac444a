from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaign.marks import CountedModel
from campaign.models import Committee, Community
from campaign.scoping import Scope


class Zone(CountedModel):
    """A responsibility zone (责任区). Zones and communities overlap freely: six zones cover seven communities."""

    scope = Scope(committee="committee", community="communities", leader="leader", reference=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="zones", verbose_name=_("committee")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    name = models.CharField(_("name"), max_length=40)
    communities = models.ManyToManyField(Community, related_name="zones", verbose_name=_("communities"))
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="zones_led",
        verbose_name=_("zone leader"),
        help_text=_("The urban-management squad leader who answers for the zone every day."),
    )  # fmt: skip
    deputy_director_at = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="zones_of_deputy_director",
        verbose_name=_("deputy director of"), help_text=_("The community whose deputy director the leader also is."),
    )  # fmt: skip
    boundary = models.JSONField(
        _("boundary"),
        null=True,
        blank=True,
        help_text=_("GeoJSON polygon in WGS-84; a sketch, not an official boundary."),
    )
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("responsibility zone")
        verbose_name_plural = _("responsibility zones")
        ordering = ["committee", "number"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "number"], name="zone_number_once"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="zone_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.name
