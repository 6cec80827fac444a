from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.marks import CountedModel
from campaign.models import Committee, Community
from campaign.scoping import Scope, ScopedModel


class Station(CountedModel):
    """A practice station (新时代文明实践所、站): one centre at the street, one station a community."""

    class Level(models.TextChoices):
        CENTRE = "centre", _("street centre")
        STATION = "station", _("community station")

    scope = Scope(committee="committee", community="community", reference=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="stations", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="stations",
        verbose_name=_("community"),
        help_text=_("Empty for the street's centre."),
    )  # fmt: skip
    level = models.CharField(_("level"), max_length=8, choices=Level)
    name = models.CharField(_("name"), max_length=60)
    address = models.CharField(_("address"), max_length=120, blank=True)
    hours = models.CharField(_("opening hours"), max_length=60, blank=True)
    opened_on = models.DateField(_("opened on"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("practice station")
        verbose_name_plural = _("practice stations")
        ordering = ["committee", "level", "name"]
        constraints = [models.UniqueConstraint(fields=["committee", "name"], name="station_name_once")]

    def __str__(self) -> str:
        return self.name


class Room(ScopedModel):
    """A room of a station and what it is for; the rules ask for one with twenty seats at least."""

    scope = Scope(committee="station__committee", community="station__community", reference=True)
    station = models.ForeignKey(Station, models.CASCADE, related_name="rooms", verbose_name=_("station"))
    name = models.CharField(_("name"), max_length=40)
    seats = models.PositiveSmallIntegerField(
        _("seats"), validators=[MinValueValidator(1), MaxValueValidator(2000)]
    )
    used_for = models.CharField(_("used for"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("room of a station")
        verbose_name_plural = _("rooms of stations")
        ordering = ["station", "name"]
        constraints = [models.UniqueConstraint(fields=["station", "name"], name="room_name_once_a_station")]

    def __str__(self) -> str:
        return self.name
