from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.marks import CountedModel
from campaign.models import Committee, Community, Unit
from campaign.scoping import Scope, ScopedModel
from grids.models.zone import Zone

LATITUDE = [MinValueValidator(Decimal("-90")), MaxValueValidator(Decimal("90"))]
LONGITUDE = [MinValueValidator(Decimal("-180")), MaxValueValidator(Decimal("180"))]


class PointType(ScopedModel):
    """A kind of place with its own card of standards: back lane, market, public toilet …"""

    scope = Scope(committee="committee", reference=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="point_types", verbose_name=_("committee")
    )
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=40)

    class Meta:
        verbose_name = _("point type")
        verbose_name_plural = _("point types")
        ordering = ["committee", "code"]
        constraints = [models.UniqueConstraint(fields=["committee", "code"], name="point_type_once")]

    def __str__(self) -> str:
        return self.name


class Point(CountedModel):
    """An inspection point (点位): a place that patrols look at."""

    scope = Scope(
        committee="committee", community="community", unit="unit", leader="zone__leader", reference=True
    )
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="points", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="points", verbose_name=_("community")
    )
    zone = models.ForeignKey(
        Zone, models.PROTECT, related_name="points", verbose_name=_("responsibility zone")
    )
    type = models.ForeignKey(PointType, models.PROTECT, related_name="points", verbose_name=_("point type"))
    name = models.CharField(_("name"), max_length=60)
    address = models.CharField(_("address"), max_length=120, blank=True)
    longitude = models.DecimalField(
        _("longitude"), max_digits=9, decimal_places=6, null=True, blank=True, validators=LONGITUDE
    )
    latitude = models.DecimalField(
        _("latitude"), max_digits=9, decimal_places=6, null=True, blank=True, validators=LATITUDE
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="points", verbose_name=_("responsible unit")
    )
    keeper = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="points_kept",
        verbose_name=_("point keeper"),
    )
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("point")
        verbose_name_plural = _("points")
        ordering = ["community", "type", "name"]
        constraints = [models.UniqueConstraint(fields=["committee", "name"], name="point_name_once")]

    def __str__(self) -> str:
        return self.name
