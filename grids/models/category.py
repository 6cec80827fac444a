"""What a case can be about: components and events of the national classification, in editions, and whose they are."""

import datetime
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.calendar import HOURS_A_DAY
from campaign.models import Committee, Community, Unit
from campaign.scoping import Scope, ScopedModel, ScopedQuerySet
from grids.models.zone import Zone

# A null is equal to no other null: each way of naming a place needs its own constraint.
_BOTH = Q(community__isnull=False, zone__isnull=False)
_LIMIT = [MinValueValidator(1), MaxValueValidator(999)]


class LimitUnit(models.TextChoices):
    """In what a limit is measured (domain.md §4.4)."""

    HOUR = "hour", _("working hours")
    DAY = "day", _("working days")
    URGENT = "urgent", _("hours round the clock")


class CaseCategoryQuerySet(ScopedQuerySet):
    """Words for the lists of categories."""

    def in_force(self, day: datetime.date | None = None) -> Self:
        """Those under which a new case can be put on file that day."""
        day = day or timezone.localdate()
        return self.filter(Q(since=None) | Q(since__lte=day), Q(until=None) | Q(until__gt=day))


class CaseCategory(ScopedModel):
    """A subclass (小类) of the national classification, with its limits; data, in editions (domain.md §4.2).

    Two editions may stand side by side. A case keeps the row under which it was put on file; `since` and
    `until` say which rows a new case can have.
    """

    class Kind(models.TextChoices):
        COMPONENT = "component", _("component")
        EVENT = "event", _("event")

    scope = Scope(committee="committee", reference=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="case_categories", verbose_name=_("committee")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.EVENT)
    class_name = models.CharField(
        _("class"), max_length=40, blank=True, help_text=_("The first two signs of the code stand for it.")
    )
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=40)
    edition = models.CharField(_("edition"), max_length=20, default="2020")
    since = models.DateField(
        _("in force since"), null=True, blank=True, help_text=_("Empty: from the beginning.")
    )
    until = models.DateField(
        _("until"), null=True, blank=True, help_text=_("From this day no new case can have it.")
    )
    response_limit = models.PositiveSmallIntegerField(_("response limit"), default=4, validators=_LIMIT)
    response_unit = models.CharField(
        _("response limit in"), max_length=8, choices=LimitUnit, default=LimitUnit.HOUR
    )
    fix_limit = models.PositiveSmallIntegerField(
        _("limit"), default=32, validators=_LIMIT, help_text=_("Counted from the dispatch.")
    )
    fix_unit = models.CharField(_("limit in"), max_length=8, choices=LimitUnit, default=LimitUnit.HOUR)
    closing_standard = models.CharField(_("closing standard"), max_length=80, blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("usually handled by"),
        help_text=_("Where no other unit is named for the place."),
    )  # fmt: skip
    public = models.BooleanField(_("offered to residents"), default=True)

    objects = models.Manager.from_queryset(CaseCategoryQuerySet)()

    class Meta:
        verbose_name = _("case category")
        verbose_name_plural = _("case categories")
        ordering = ["committee", "code"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "edition", "code"], name="case_category_once"),
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(until__gt=F("since")),
                name="case_category_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def fix_hours(self) -> float:
        """The limit as working hours, eight to a day, for what shows or draws by it; clocks read value and unit."""
        return self.fix_limit * HOURS_A_DAY if self.fix_unit == LimitUnit.DAY else self.fix_limit

    @property
    def fix_text(self) -> str:
        """The limit as one says it."""
        return f"{self.fix_limit} {LimitUnit(self.fix_unit).label}"

    def stands(self, day: datetime.date) -> bool:
        """Whether a new case can have it that day."""
        return (self.since is None or self.since <= day) and (self.until is None or self.until > day)


class CaseRoute(ScopedModel):
    """Who handles a category at a place: in a community, in a zone, or where both meet.

    Without a row the category's own unit handles it everywhere.
    """

    scope = Scope(committee="committee", reference=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="case_routes", verbose_name=_("committee")
    )
    category = models.ForeignKey(
        CaseCategory, models.CASCADE, related_name="routes", verbose_name=_("category")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("community")
    )
    zone = models.ForeignKey(
        Zone, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("responsibility zone")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("responsible unit"))

    class Meta:
        verbose_name = _("responsible unit by place")
        verbose_name_plural = _("responsible units by place")
        ordering = ["committee", "category", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["category", "community", "zone"], condition=_BOTH, name="case_route_once"
            ),
            models.UniqueConstraint(
                fields=["category", "community"], condition=Q(zone=None), name="case_route_once_a_community"
            ),
            models.UniqueConstraint(
                fields=["category", "zone"], condition=Q(community=None), name="case_route_once_a_zone"
            ),
            models.CheckConstraint(
                condition=Q(community__isnull=False) | Q(zone__isnull=False), name="case_route_names_a_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category} → {self.unit}"
