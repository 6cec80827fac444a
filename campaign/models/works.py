"""Works for the people's livelihood (民生工程): sites, what was done there, what now stands there."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaign.marks import CountedModel
from campaign.models.organisation import Committee, Community, Unit
from campaign.scoping import Scope


class Site(CountedModel):
    """A courtyard, lane or street at which works are done."""

    class Kind(models.TextChoices):
        COURTYARD = "courtyard", _("courtyard")
        LANE = "lane", _("back lane")
        STREET = "street", _("street")

    scope = Scope(committee="committee", community="community", reference=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="sites", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="sites", verbose_name=_("community")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    name = models.CharField(_("name"), max_length=60)
    fit_for_charging = models.BooleanField(_("fit for charging piles"), default=False)
    self_managed_since = models.DateField(_("residents' self-management group since"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ["community", "name"]
        constraints = [models.UniqueConstraint(fields=["committee", "name"], name="site_name_once")]

    def __str__(self) -> str:
        return self.name


class WorkItem(CountedModel):
    """A piece of work with its quantity; counted on the day it was accepted."""

    class Kind(models.TextChoices):
        RENOVATION = "renovation", _("courtyard renovation")
        PAVING = "paving", _("paving repaired")
        FACADE = "facade", _("façade washed")
        PLANTING = "planting", _("planting")
        SIGN_REMOVAL = "sign_removal", _("illegal signs removed")
        FOOTPATH = "footpath", _("pavement mended")
        CHARGING_PILE = "charging_pile", _("charging piles installed")

    UNITS = {
        Kind.RENOVATION: pgettext_lazy("unit", "sites"),
        Kind.PAVING: _("m²"),
        Kind.FACADE: _("m²"),
        Kind.PLANTING: _("plants"),
        Kind.SIGN_REMOVAL: _("m²"),
        Kind.FOOTPATH: _("m²"),
        Kind.CHARGING_PILE: _("piles"),
    }

    scope = Scope(committee="committee", community="community", unit="contractor")
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="works", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="works", verbose_name=_("community")
    )
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="works", verbose_name=_("site")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    place = models.CharField(_("place"), max_length=80, blank=True)
    quantity = models.DecimalField(
        _("quantity"), max_digits=10, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))],
        help_text=_("In the unit of the kind: m², plants, piles, sites."),
    )  # fmt: skip
    contractor = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="works", verbose_name=_("done by")
    )
    begun_on = models.DateField(_("begun on"), null=True, blank=True)
    accepted_on = models.DateField(
        _("accepted on"),
        null=True,
        blank=True,
        help_text=_("Counts from this day; empty while the work goes on."),
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("work")
        verbose_name_plural = _("works")
        ordering = ["-accepted_on", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="work_above_nought")]
        indexes = [models.Index(fields=["accepted_on", "kind"], name="work_counted")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.site or self.place}"

    @property
    def quantity_unit(self) -> object:
        return self.UNITS[self.Kind(self.kind)]


class Facility(CountedModel):
    """Something that now stands in a renovated courtyard."""

    class Kind(models.TextChoices):
        GATE = "gate", _("entrance gate")
        CAMERA = "camera", _("security camera")
        PARTY_ROOM = "party_room", _("party members' room")
        COUNCIL_CORNER = "council_corner", _("residents' council corner")
        MEDIATION_ROOM = "mediation_room", _("dispute mediation room")

    scope = Scope(committee="site__committee", community="site__community")
    site = models.ForeignKey(Site, models.CASCADE, related_name="facilities", verbose_name=_("site"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    quantity = models.PositiveSmallIntegerField(_("quantity"), default=1, validators=[MinValueValidator(1)])
    installed_on = models.DateField(_("installed on"))

    class Meta:
        verbose_name = _("facility")
        verbose_name_plural = _("facilities")
        ordering = ["site", "kind"]
        constraints = [models.UniqueConstraint(fields=["site", "kind"], name="facility_kind_once_a_site")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.site}"
