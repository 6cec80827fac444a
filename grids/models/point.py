import secrets
from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaign.coordinates import System
from campaign.marks import CountedModel
from campaign.models import Committee, Community, Unit
from campaign.scoping import Scope, ScopedModel
from grids.models.zone import Zone

LATITUDE = [MinValueValidator(Decimal("-90")), MaxValueValidator(Decimal("90"))]
LONGITUDE = [MinValueValidator(Decimal("-180")), MaxValueValidator(Decimal("180"))]


def new_plate() -> str:
    """Twelve signs that tell nothing and cannot be guessed: they stand in the plate's address."""
    return secrets.token_urlsafe(9)


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
    plate = models.CharField(_("plate number"), max_length=16, unique=True, default=new_plate, editable=False)
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
    source_system = models.CharField(
        _("position came in"), max_length=8, choices=System, default=System.WGS84, editable=False,
        help_text=_("What is stored is WGS-84; this says from which system it was converted."),
    )  # fmt: skip
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
        constraints = [
            models.UniqueConstraint(fields=["committee", "name"], name="point_name_once"),
            models.CheckConstraint(
                condition=Q(longitude=None, latitude=None)
                | Q(longitude__isnull=False, latitude__isnull=False),
                name="point_position_whole",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="point_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["committee", "name", "id"], name="point_listed")]

    def __str__(self) -> str:
        return self.name


class PointEvent(ScopedModel):
    """What was changed of a point, when and by whom; appended by `grids.points` alone."""

    scope = Scope(
        committee="point__committee",
        community="point__community",
        unit="point__unit",
        leader="point__zone__leader",
    )
    point = models.ForeignKey(Point, models.CASCADE, related_name="events", verbose_name=_("point"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    changes = models.JSONField(
        _("changes"), default=dict, help_text=_("Field by field what stood there before and what stands now.")
    )

    class Meta:
        verbose_name = _("change of a point")
        verbose_name_plural = _("changes of points")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.point} {self.at:%Y-%m-%d}"
