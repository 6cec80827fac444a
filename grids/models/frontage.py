"""Shops with a frontage (门前三包), what the colours of their cards mean, and what was decided to be shown."""

import secrets

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import phones
from campaign.coordinates import System
from campaign.marks import CountedModel
from campaign.models import Committee, Community
from campaign.scoping import Scope, ScopedModel
from grids.models.point import LATITUDE, LONGITUDE
from grids.models.zone import Zone


def new_plate() -> str:
    return secrets.token_urlsafe(9)


class Merchant(CountedModel):
    """A shop with a frontage. The public sees name, address, duties, card and day once that was approved; never
    the owner or a phone.

    "In front of the door" is, by Kunming's Order No. 76 (2007), from the centre lines of the party walls at both
    ends of the frontage to the kerb; the street office delimits it (domain.md §6).
    """

    scope = Scope(committee="committee", community="community", leader="zone__leader", reference=True)
    plate = models.CharField(_("plate number"), max_length=16, unique=True, default=new_plate, editable=False)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="merchants", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="merchants", verbose_name=_("community")
    )
    zone = models.ForeignKey(
        Zone,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merchants",
        verbose_name=_("responsibility zone"),
    )
    name = models.CharField(_("name on the sign"), max_length=60)
    address = models.CharField(_("address"), max_length=120)
    road = models.CharField(
        _("road"), max_length=40, blank=True, help_text=_("Empty: it is read from the address.")
    )
    owner = models.CharField(
        _("person in charge"), max_length=40, blank=True, help_text=_("For the office alone, never public.")
    )
    phone = models.CharField(
        _("mobile number"), max_length=11, blank=True, validators=[phones.check],
        help_text=_("For the office alone, never public."),
    )  # fmt: skip
    left_bound = models.CharField(
        _("left end"), max_length=40, blank=True,
        help_text=_("Centre line of the party wall with whom, seen from the road."),
    )  # fmt: skip
    right_bound = models.CharField(_("right end"), max_length=40, blank=True)
    length_m = models.DecimalField(
        _("length in metres"), max_digits=5, decimal_places=1, null=True, blank=True,
        validators=[MinValueValidator(0)], help_text=_("From one centre line to the other."),
    )  # fmt: skip
    depth_m = models.DecimalField(
        _("depth in metres"), max_digits=5, decimal_places=1, null=True, blank=True,
        validators=[MinValueValidator(0)], help_text=_("From the wall to the kerb."),
    )  # fmt: skip
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
    pledged_on = models.DateField(_("pledge signed on"), null=True, blank=True, editable=False)
    is_public = models.BooleanField(
        _("shown to the public"), default=False, editable=False,
        help_text=_("Follows the last decision on it; without one a shop is not public."),
    )  # fmt: skip
    since = models.DateField(_("on file since"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("merchant")
        verbose_name_plural = _("merchants")
        ordering = ["community", "address", "name"]
        constraints = [models.UniqueConstraint(fields=["committee", "name", "address"], name="merchant_once")]
        indexes = [models.Index(fields=["committee", "road"], name="merchant_by_road")]

    def __str__(self) -> str:
        return self.name

    @property
    def masked_phone(self) -> str:
        """138****1234; empty without a number."""
        return phones.mask(self.phone)


class Publication(ScopedModel):
    """A decision that a shop's card is shown to the public, or no longer: by whom, when and why. Only appended."""

    scope = Scope(
        committee="merchant__committee", community="merchant__community", leader="merchant__zone__leader"
    )
    merchant = models.ForeignKey(
        Merchant, models.PROTECT, related_name="publications", verbose_name=_("merchant")
    )
    shown = models.BooleanField(_("shown to the public"))
    because = models.CharField(_("because"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("publication decision")
        verbose_name_plural = _("publication decisions")
        ordering = ["merchant", "-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.merchant} {self.at:%Y-%m-%d}"


class CardScheme(CountedModel):
    """Which colour a status has, from a day on. A change of meaning never rewrites history: the status is stored,
    the colour is derived. In Huguo red honours and green warns (domain.md §6)."""

    class Colour(models.TextChoices):
        RED = "red", _("red")
        GREEN = "green", _("green")
        YELLOW = "yellow", _("yellow")
        BLACK = "black", _("black")

    scope = Scope(committee="committee", reference=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="card_schemes", verbose_name=_("committee")
    )
    since = models.DateField(_("in force since"))
    fulfilled = models.CharField(_("card when fulfilled"), max_length=8, choices=Colour, default=Colour.RED)
    unfulfilled = models.CharField(_("card when not"), max_length=8, choices=Colour, default=Colour.GREEN)
    because = models.CharField(
        _("because"), max_length=200, blank=True, help_text=_("Why the meaning changes; it is kept for ever.")
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("card scheme")
        verbose_name_plural = _("card schemes")
        ordering = ["committee", "-since"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "since"], name="card_scheme_once_a_day"),
            models.CheckConstraint(
                condition=~Q(fulfilled=models.F("unfulfilled")), name="two_colours_differ"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_fulfilled_display()}/{self.get_unfulfilled_display()} {self.since}"
