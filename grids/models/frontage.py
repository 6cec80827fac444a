"""Three duties at the shop door (门前三包): the shop, its inspections, and what the card's colours mean."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaign.marks import CountedModel
from campaign.models import Committee, Community
from campaign.scoping import Scope
from grids.models.zone import Zone


def new_plate() -> str:
    return secrets.token_urlsafe(9)


class Merchant(CountedModel):
    """A shop with a frontage. The public sees name, address, card and day; never the owner or a phone."""

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
    pledged_on = models.DateField(_("pledge signed on"), null=True, blank=True)
    since = models.DateField(_("on file since"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("merchant")
        verbose_name_plural = _("merchants")
        ordering = ["community", "address", "name"]
        constraints = [models.UniqueConstraint(fields=["committee", "name", "address"], name="merchant_once")]

    def __str__(self) -> str:
        return self.name


class FrontageInspection(CountedModel):
    """One look at a shop's frontage: three duties, each kept or not. The status follows from them."""

    class Status(models.TextChoices):
        FULFILLED = "fulfilled", _("fulfilled")
        UNFULFILLED = "unfulfilled", _("not fulfilled")

    scope = Scope(
        committee="merchant__committee",
        community="merchant__community",
        leader="merchant__zone__leader",
        own="inspector",
    )
    merchant = models.ForeignKey(
        Merchant, models.PROTECT, related_name="inspections", verbose_name=_("merchant")
    )
    day = models.DateField(_("day"))
    hygiene = models.BooleanField(_("hygiene kept"))
    greenery = models.BooleanField(_("greenery kept"))
    order = models.BooleanField(_("order kept"))
    status = models.CharField(_("status"), max_length=12, choices=Status, editable=False)
    note = models.CharField(_("note"), max_length=200, blank=True)
    inspector = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("inspector"),
    )
    form_key = models.UUIDField(_("form key"), null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("frontage inspection")
        verbose_name_plural = _("frontage inspections")
        ordering = ["-day", "-pk"]
        indexes = [
            models.Index(fields=["merchant", "-day", "-id"], name="inspection_latest"),
            models.Index(fields=["day", "status"], name="inspection_counted"),
        ]

    def __str__(self) -> str:
        return f"{self.merchant} {self.day}"

    def save(self, *args: object, **kwargs: object) -> None:
        kept = self.hygiene and self.greenery and self.order
        self.status = self.Status.FULFILLED if kept else self.Status.UNFULFILLED
        super().save(*args, **kwargs)


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
