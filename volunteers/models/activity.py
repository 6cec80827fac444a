"""Activities: a kind, a series that expands, one occasion with its positions."""

import datetime
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign import moments
from campaign.errors import Refused
from campaign.marks import CountedModel, CountedQuerySet
from campaign.models import Committee, Community, Unit
from campaign.recurrence import check_rule
from campaign.scoping import Scope, ScopedModel
from volunteers.models.skill import Skill
from volunteers.models.station import Station
from volunteers.models.team import VolunteerTeam

STAYS_WHERE_IT_IS = _("People have signed up: it stays in its community. Cancel it and plan a new one.")
CODE_STAYS = _("The code of a kind never changes: counts are kept by it. Change the name instead.")


class ActivityKind(ScopedModel):
    """What sort of activity: Friday labour, traffic persuasion … Data, so a street may have others."""

    scope = Scope(committee="committee", reference=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="activity_kinds", verbose_name=_("committee")
    )
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=40)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("activity kind")
        verbose_name_plural = _("activity kinds")
        ordering = ["committee", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["committee", "code"], name="activity_kind_once")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """For forms: the same as `save` refuses."""
        if self._has_other_code():
            raise ValidationError({"code": CODE_STAYS})

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._has_other_code():
            raise Refused(CODE_STAYS, code="code")
        super().save(*args, **kwargs)

    def _has_other_code(self) -> bool:
        return self.pk and ActivityKind._base_manager.filter(pk=self.pk).exclude(code=self.code).exists()


class ActivitySeries(ScopedModel):
    """A rule by which activities come about, such as every Friday (RFC 5545)."""

    class Holidays(models.TextChoices):
        KEEP = "keep", _("also on holidays")
        SKIP = "skip", _("on working days only")

    scope = Scope(committee="committee", community="community", leader=("leader", "team__leader"))
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="activity_series", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="activity_series", verbose_name=_("community")
    )
    kind = models.ForeignKey(ActivityKind, models.PROTECT, related_name="series", verbose_name=_("kind"))
    title = models.CharField(_("title"), max_length=60)
    description = models.CharField(_("what will be done"), max_length=500, blank=True)
    place = models.CharField(_("meeting place"), max_length=80)
    station = models.ForeignKey(
        Station, models.PROTECT, null=True, blank=True, related_name="series", verbose_name=_("station")
    )
    team = models.ForeignKey(
        VolunteerTeam, models.PROTECT, null=True, blank=True, related_name="series", verbose_name=_("team")
    )
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="series_led",
        verbose_name=_("leader"),
    )
    rule = models.CharField(
        _("recurrence rule"), max_length=200, default="FREQ=WEEKLY;BYDAY=FR", validators=[check_rule],
        help_text=_("RFC 5545, such as FREQ=WEEKLY;BYDAY=FR."),
    )  # fmt: skip
    holidays = models.CharField(_("holidays"), max_length=4, choices=Holidays, default=Holidays.SKIP)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"), null=True, blank=True)
    start_time = models.TimeField(_("starts at"))
    minutes = models.PositiveSmallIntegerField(
        _("length in minutes"), default=120, validators=[MinValueValidator(15), MaxValueValidator(720)]
    )
    places = models.PositiveSmallIntegerField(_("places"), default=20, validators=[MinValueValidator(1)])
    is_active = models.BooleanField(_("in force"), default=True)
    filled_until = models.DateField(_("filled until"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("activity series")
        verbose_name_plural = _("activity series")
        ordering = ["committee", "community", "title"]
        constraints = [
            models.UniqueConstraint(fields=["community", "title"], name="series_title_once"),
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")), name="series_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SeriesSkip(ScopedModel):
    """A day on which a series does not take place, and why."""

    scope = Scope(
        committee="series__committee",
        community="series__community",
        leader=("series__leader", "series__team__leader"),
    )
    series = models.ForeignKey(ActivitySeries, models.CASCADE, related_name="skips", verbose_name=_("series"))
    day = models.DateField(_("day"))
    because = models.CharField(_("because"), max_length=120)

    class Meta:
        verbose_name = _("skipped day")
        verbose_name_plural = _("skipped days")
        ordering = ["series", "day"]
        constraints = [models.UniqueConstraint(fields=["series", "day"], name="series_skips_once")]

    def __str__(self) -> str:
        return f"{self.series_id} {self.day}"


MISSING = Greatest(
    Coalesce(F("minimum"), (F("places") + 1) / 2, output_field=models.IntegerField()) - F("taken"), Value(0)
)
"""`Position.missing`, for the database; both divide whole numbers"""


class ActivityQuerySet(CountedQuerySet):
    """Words for reading activities. They may be chained in any order, after `visible_to` too."""

    def with_places(self) -> Self:
        """Each with `places` and `taken` over all its positions, `room`, what is free, and `short`, how many
        people are still missing for it to work."""
        positions = Position.objects.filter(activity=OuterRef("pk")).order_by().values("activity")
        return self.annotate(
            places=Coalesce(Subquery(positions.annotate(sum=Sum("places")).values("sum")), 0),
            taken=Coalesce(Subquery(positions.annotate(sum=Sum("taken")).values("sum")), 0),
            short=Coalesce(Subquery(positions.annotate(sum=Sum(MISSING)).values("sum")), 0),
            room=F("places") - F("taken"),
        )

    def public(self) -> Self:
        """What everyone may read: all but drafts."""
        return self.exclude(state=Activity.State.DRAFT).with_places()

    def coming(self, now: datetime.datetime | None = None) -> Self:
        """Open for sign-up and not yet begun, the next first."""
        coming = self.filter(state=Activity.State.PUBLISHED, starts_at__gt=now or timezone.now())
        return coming.order_by("starts_at", "pk").with_places()

    def of_week(self, day: datetime.date) -> Self:
        """What is planned or was held in the week of `day`, Monday to Sunday, in order of time."""
        monday = day - datetime.timedelta(days=day.weekday())
        week = self.filter(day__range=(monday, monday + datetime.timedelta(days=6)))
        week = week.filter(state__in=(Activity.State.PUBLISHED, Activity.State.HELD))
        return week.order_by("starts_at", "pk").with_places()

    def to_close(self, now: datetime.datetime | None = None) -> Self:
        """Over, and nobody has said yet who was there."""
        return self.filter(state=Activity.State.PUBLISHED, ends_at__lte=now or timezone.now())


class Activity(CountedModel):
    """One occasion on which volunteers serve."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("open for sign-up")
        HELD = "held", _("held")
        CANCELLED = "cancelled", _("cancelled")

    scope = Scope(
        committee="committee", community="community", unit="unit", leader=("leader", "team__leader")
    )
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="activities", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="activities", verbose_name=_("community")
    )
    kind = models.ForeignKey(ActivityKind, models.PROTECT, related_name="activities", verbose_name=_("kind"))
    series = models.ForeignKey(
        ActivitySeries,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="activities",
        verbose_name=_("series"),
    )
    title = models.CharField(_("title"), max_length=60)
    description = models.CharField(_("what will be done"), max_length=500, blank=True)
    place = models.CharField(_("meeting place"), max_length=80)
    station = models.ForeignKey(
        Station, models.PROTECT, null=True, blank=True, related_name="activities", verbose_name=_("station")
    )
    team = models.ForeignKey(
        VolunteerTeam,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name=_("team"),
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="activities", verbose_name=_("unit")
    )
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="activities_led",
        verbose_name=_("leader"),
    )
    starts_at = models.DateTimeField(_("starts at"), validators=[moments.can_be])
    ends_at = models.DateTimeField(_("ends at"), validators=[moments.can_be])
    day = models.DateField(_("day"), editable=False, help_text=_("The Shanghai day of the start."))
    sign_up_closes_at = models.DateTimeField(
        _("sign-up closes at"),
        null=True,
        blank=True,
        validators=[moments.can_be],
        help_text=_("Empty: at the start."),
    )
    sign_up_opens_at = models.DateTimeField(
        _("sign-up opens at"),
        null=True,
        blank=True,
        validators=[moments.can_be],
        help_text=_("Empty: as soon as it is published."),
    )
    leaving_closes_at = models.DateTimeField(
        _("leaving closes at"),
        null=True,
        blank=True,
        validators=[moments.can_be],
        help_text=_("Later than that only the leader takes somebody off. Empty: at the start."),
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    cancelled_because = models.CharField(_("cancelled because"), max_length=120, blank=True)
    asks_leaving = models.BooleanField(
        _("leaving is noted, too"),
        default=False,
        help_text=_("Everybody scans or is ticked off on leaving; otherwise the planned end counts."),
    )
    # What calendar programs go by: a higher number replaces what they have (RFC 5545 §3.8.7.4).
    sequence = models.PositiveIntegerField(_("change number"), default=0, editable=False)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now, editable=False)
    form_key = models.UUIDField(_("form key"), null=True, blank=True, unique=True, editable=False)

    objects = models.Manager.from_queryset(ActivityQuerySet)()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["series", "starts_at"], name="activity_slot_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="activity_ends_after_start"),
        ]
        indexes = [
            models.Index(fields=["day", "state"], name="activity_counted"),
            models.Index(fields=["committee", "starts_at"], name="activity_coming"),
            models.Index(fields=["community", "-starts_at", "-id"], name="activity_listed"),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """For forms: the same as `save` refuses."""
        if self.pk and self._moved_away():
            raise ValidationError({"community": STAYS_WHERE_IT_IS})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the day with the start, here and at the sign-ups, by which people and counts find it."""
        self.day = timezone.localtime(self.starts_at).date()
        fields = kwargs.get("update_fields")
        if not self._state.adding:
            self.sequence, self.changed_at = self.sequence + 1, timezone.now()
            if fields is not None:
                kwargs["update_fields"] = fields = {*fields, "sequence", "changed_at"}
        if self._state.adding or (fields is not None and not {"starts_at", "community"}.intersection(fields)):
            super().save(*args, **kwargs)
            return
        if fields is not None:
            kwargs["update_fields"] = {*fields, "day"}
        with transaction.atomic():
            if self._moved_away():
                raise Refused(STAYS_WHERE_IT_IS, code="signed_up")
            super().save(*args, **kwargs)
            self.signups.exclude(day=self.day).update(day=self.day)

    def _moved_away(self) -> bool:
        """Whether it would change community although people signed up: they are counted where it is held."""
        return (
            Activity._base_manager.filter(pk=self.pk, signups__isnull=False)
            .exclude(community_id=self.community_id)
            .exists()
        )

    @property
    def leaving_until(self) -> datetime.datetime:
        """Until when people leave by themselves."""
        return min(self.leaving_closes_at or self.starts_at, self.starts_at)

    @property
    def closes_at(self) -> datetime.datetime:
        return self.sign_up_closes_at or self.starts_at


class Position(ScopedModel):
    """A post of an activity with its places. Only `volunteers.signups` moves `taken`."""

    scope = Scope(
        committee="activity__committee",
        community="activity__community",
        unit="activity__unit",
        leader=("activity__leader", "activity__team__leader"),
    )
    activity = models.ForeignKey(
        Activity, models.CASCADE, related_name="positions", verbose_name=_("activity")
    )
    name = models.CharField(_("position"), max_length=40)
    places = models.PositiveSmallIntegerField(_("places"), validators=[MinValueValidator(1)])
    taken = models.PositiveSmallIntegerField(_("taken"), default=0, editable=False)
    minimum = models.PositiveSmallIntegerField(
        _("at least"),
        null=True,
        blank=True,
        help_text=_("With fewer people it does not work. Empty: half of the places."),
    )
    skill = models.ForeignKey(
        Skill,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="positions",
        verbose_name=_("skill needed"),
    )
    min_age = models.PositiveSmallIntegerField(
        _("minimum age"),
        null=True,
        blank=True,
        validators=[MinValueValidator(14), MaxValueValidator(80)],
        help_text=_("Only where the work asks for it: then the year of birth is asked."),
    )
    equipment = models.CharField(_("equipment"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        ordering = ["activity", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "name"], name="position_name_once"),
            # The last line of defence: no way of writing can give a place twice.
            models.CheckConstraint(condition=Q(taken__lte=F("places")), name="position_never_oversold"),
            models.CheckConstraint(
                condition=Q(minimum=None) | Q(minimum__lte=F("places")), name="position_minimum_fits"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def needed(self) -> int:
        """How many people it takes at least: the minimum, else half of the places."""
        return (self.places + 1) // 2 if self.minimum is None else self.minimum

    @property
    def missing(self) -> int:
        """How many people are still missing for it to work."""
        return max(self.needed - self.taken, 0)

    @property
    def free(self) -> int:
        return max(self.places - self.taken, 0)
