"""Patrols: a plan is a rule, a patrol is one slot of it, an answer is what was seen at a point."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaign.marks import CountedModel
from campaign.models import Committee, Community
from campaign.recurrence import check_rule
from campaign.scoping import Scope, ScopedModel
from grids.models.checklist import Checklist, ChecklistItem
from grids.models.point import LATITUDE, LONGITUDE, Point
from grids.models.zone import Zone


class PatrolPlan(ScopedModel):
    """Which points are looked at, by which card, how often (RFC 5545 rule), by whom in turn."""

    class Holidays(models.TextChoices):
        KEEP = "keep", _("also on holidays")
        SKIP = "skip", _("on working days only")

    class Covers(models.TextChoices):
        ROUTE = "route", _("a route of points")
        ZONE = "zone", _("the whole zone")

    class Misfire(models.TextChoices):
        """What becomes of slots that nobody could walk because the portal stood still."""

        ALL = "all", _("all are entered, as missed")
        LATEST = "latest", _("the latest is entered, as missed")
        SKIP = "skip", _("none is entered; their number is noted")

    scope = Scope(committee="committee", community="community", leader="zone__leader", own="turns__patroller")
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="patrol_plans", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="patrol_plans", verbose_name=_("community")
    )
    zone = models.ForeignKey(
        Zone, models.PROTECT, related_name="patrol_plans", verbose_name=_("responsibility zone")
    )
    name = models.CharField(_("name"), max_length=60)
    checklist = models.ForeignKey(
        Checklist, models.PROTECT, related_name="patrol_plans", verbose_name=_("check-list")
    )
    covers = models.CharField(
        _("looks at"), max_length=5, choices=Covers, default=Covers.ROUTE,
        help_text=_("The whole zone: every point of the zone that the check-list fits, as they stand on the day."),
    )  # fmt: skip
    points = models.ManyToManyField(
        Point, through="PlanStop", blank=True, related_name="patrol_plans", verbose_name=_("points")
    )
    rule = models.CharField(
        _("recurrence rule"), max_length=200, default="FREQ=DAILY", validators=[check_rule],
        help_text=_("RFC 5545, such as FREQ=DAILY or FREQ=WEEKLY;BYDAY=MO,WE,FR."),
    )  # fmt: skip
    holidays = models.CharField(_("holidays"), max_length=4, choices=Holidays, default=Holidays.KEEP)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"), null=True, blank=True)
    start_time = models.TimeField(_("starts at"))
    window_minutes = models.PositiveSmallIntegerField(
        _("window in minutes"), default=120, validators=[MinValueValidator(10), MaxValueValidator(1440)],
        help_text=_("A patrol not walked by then is missed; it is never slid forward."),
    )  # fmt: skip
    misfire = models.CharField(
        _("after a standstill"), max_length=6, choices=Misfire, default=Misfire.ALL,
        help_text=_("What becomes of the slots of the time in which the portal did not run. None is slid forward."),
    )  # fmt: skip
    is_active = models.BooleanField(_("in force"), default=True)
    turn_offset = models.PositiveSmallIntegerField(
        _("turns taken before"), default=0, editable=False,
        help_text=_("So that a plan that goes on from another goes on with the turn as well."),
    )  # fmt: skip
    continues = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="continued_by",
        verbose_name=_("goes on from"),
    )  # fmt: skip
    cross_check = models.ForeignKey(
        "grids.CrossCheck", models.PROTECT, null=True, blank=True, editable=False, related_name="plans",
        verbose_name=_("cross-check"),
    )  # fmt: skip
    checked = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("checked community"),
    )  # fmt: skip
    filled_until = models.DateField(
        _("filled until"), null=True, blank=True, editable=False,
        help_text=_("All slots up to this day are in rows. It only ever moves forward; the unique slot is the proof."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("patrol plan")
        verbose_name_plural = _("patrol plans")
        ordering = ["committee", "zone", "name"]
        constraints = [
            # A plan that goes on from another keeps its name, from another day on.
            models.UniqueConstraint(fields=["committee", "name", "first_day"], name="patrol_plan_name_once"),
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")), name="plan_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A form that was opened before the scheduler ran must not set its watermark back."""
        if self.pk and not self._state.adding and kwargs.get("update_fields") is None:
            fields = [field.name for field in self._meta.concrete_fields if not field.primary_key]
            kwargs["update_fields"] = [name for name in fields if name != "filled_until"]
        super().save(*args, **kwargs)


class PlanStop(ScopedModel):
    """A point on the route of a plan."""

    scope = Scope(
        committee="plan__committee",
        community="plan__community",
        leader="plan__zone__leader",
        own="plan__turns__patroller",
    )
    plan = models.ForeignKey(
        PatrolPlan, models.CASCADE, db_column="patrolplan_id", related_name="stops",
        verbose_name=_("patrol plan"),
    )  # fmt: skip
    point = models.ForeignKey(Point, models.CASCADE, related_name="stops", verbose_name=_("point"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        db_table = "grids_patrolplan_points"
        verbose_name = _("stop of a route")
        verbose_name_plural = _("stops of a route")
        ordering = ["plan", "order", "point"]
        unique_together = [("plan", "point")]

    def __str__(self) -> str:
        return f"{self.order} {self.point}"


class PlanTurn(ScopedModel):
    """A patroller's place in the rotation of a plan."""

    scope = Scope(
        committee="plan__committee", community="plan__community", leader="plan__zone__leader", own="patroller"
    )
    plan = models.ForeignKey(PatrolPlan, models.CASCADE, related_name="turns", verbose_name=_("patrol plan"))
    order = models.PositiveSmallIntegerField(_("order"))
    patroller = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="patrol_turns", verbose_name=_("patroller")
    )

    class Meta:
        verbose_name = _("turn")
        verbose_name_plural = _("turns")
        ordering = ["plan", "order"]
        constraints = [models.UniqueConstraint(fields=["plan", "order"], name="plan_turn_once")]

    def __str__(self) -> str:
        return f"{self.order} {self.patroller}"


class Patrol(CountedModel):
    """One slot of a plan: due, done or missed. The slot is unique, so scheduling it twice is scheduling it once."""

    class State(models.TextChoices):
        DUE = "due", pgettext_lazy("patrol", "due")
        DONE = "done", pgettext_lazy("patrol", "done")
        MISSED = "missed", pgettext_lazy("patrol", "missed")
        WITHDRAWN = "withdrawn", pgettext_lazy("patrol", "withdrawn")

    scope = Scope(
        committee="committee",
        community=("community", "shown_to"),
        leader="zone__leader",
        # Who takes turns in a plan sees its roster.
        own=("patroller", "plan__turns__patroller"),
    )
    plan = models.ForeignKey(
        PatrolPlan, models.PROTECT, related_name="patrols", verbose_name=_("patrol plan")
    )
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="patrols", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="patrols", verbose_name=_("community")
    )
    zone = models.ForeignKey(
        Zone, models.PROTECT, related_name="patrols", verbose_name=_("responsibility zone")
    )
    shown_to = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("shown to"),
        help_text=_("The community that was cross-checked: it sees the patrol once it is done."),
    )  # fmt: skip
    slot_at = models.DateTimeField(
        _("slot"), editable=False,
        help_text=_("The moment that the rule named. It stays when the patrol itself is moved."),
    )  # fmt: skip
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    day = models.DateField(_("day"), help_text=_("The Shanghai day of the start."))
    patroller = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="patrols",
        verbose_name=_("patroller"),
    )
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DUE)
    by_hand = models.BooleanField(
        _("set by hand"), default=False, editable=False,
        help_text=_("Moved, handed over or withdrawn alone: a change of the whole plan leaves it so."),
    )  # fmt: skip
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    missed_because = models.CharField(_("missed because"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("patrol")
        verbose_name_plural = _("patrols")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "slot_at"], name="patrol_slot_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="patrol_ends_after_start"),
        ]
        indexes = [
            models.Index(fields=["day", "state"], name="patrol_counted"),
            models.Index(fields=["patroller", "starts_at"], name="patrol_of_patroller"),
            models.Index(fields=["community", "-starts_at", "-id"], name="patrol_listed"),
            # `patrols.note_missed` looks for what should have ended.
            models.Index(fields=["ends_at"], condition=Q(state="due"), name="patrol_due"),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.day}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A patrol that says nothing else stands at its slot."""
        if self.slot_at is None:
            self.slot_at = self.starts_at
        super().save(*args, **kwargs)


class Answer(CountedModel):
    """What a patroller saw: one standard at one point. A "no" leads to a case, or was fixed on the spot."""

    class Value(models.TextChoices):
        YES = "yes", _("met")
        NO = "no", _("not met")
        NOT_APPLICABLE = "na", _("not applicable")

    scope = Scope(
        committee="patrol__committee",
        community=("patrol__community", "patrol__shown_to"),
        leader="patrol__zone__leader",
        own="patrol__patroller",
    )
    patrol = models.ForeignKey(Patrol, models.CASCADE, related_name="answers", verbose_name=_("patrol"))
    point = models.ForeignKey(Point, models.PROTECT, related_name="answers", verbose_name=_("point"))
    item = models.ForeignKey(
        ChecklistItem, models.PROTECT, related_name="answers", verbose_name=_("standard")
    )
    value = models.CharField(_("answer"), max_length=3, choices=Value)
    faults = models.PositiveSmallIntegerField(
        _("faults"), default=1, validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Of a “no”: in how many places it is wrong."),
    )  # fmt: skip
    note = models.CharField(_("note"), max_length=200, blank=True)
    fixed_on_spot = models.BooleanField(_("fixed on the spot"), default=False)
    case = models.OneToOneField(
        "grids.Case", models.PROTECT, null=True, blank=True, related_name="answer", verbose_name=_("case")
    )
    longitude = models.DecimalField(
        _("longitude"), max_digits=9, decimal_places=6, null=True, blank=True, validators=LONGITUDE,
        help_text=_("Of a finding alone, and only if the patroller gave it."),
    )  # fmt: skip
    latitude = models.DecimalField(
        _("latitude"), max_digits=9, decimal_places=6, null=True, blank=True, validators=LATITUDE
    )
    answered_at = models.DateTimeField(
        _("answered at"), help_text=_("When it was seen, even if it was sent later.")
    )
    day = models.DateField(_("day"))

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["patrol", "point", "item"]
        constraints = [
            models.UniqueConstraint(fields=["patrol", "point", "item"], name="answer_once"),
            # Nobody is tracked: a place without a finding cannot be stored.
            models.CheckConstraint(
                condition=Q(value="no") | Q(longitude=None, latitude=None), name="position_of_a_finding_alone"
            ),
        ]
        indexes = [models.Index(fields=["day", "value"], name="answer_counted")]

    def __str__(self) -> str:
        return f"{self.point} {self.item}: {self.get_value_display()}"


class AnswerPhoto(ScopedModel):
    """A photo of what was put right on the spot, before and after. There is no case to keep it with: nobody
    verified the work, so it is not counted as a closed case, only as found and fixed."""

    class Stage(models.TextChoices):
        BEFORE = "before", _("before")
        AFTER = "after", _("after")

    scope = Scope(
        committee="answer__patrol__committee",
        community=("answer__patrol__community", "answer__patrol__shown_to"),
        leader="answer__patrol__zone__leader",
        own="answer__patrol__patroller",
    )
    answer = models.ForeignKey(Answer, models.CASCADE, related_name="photos", verbose_name=_("answer"))
    stage = models.CharField(_("stage"), max_length=8, choices=Stage)
    file = models.ImageField(_("photo"), upload_to="patrols/%Y/%m/")
    digest = models.CharField(_("digest"), max_length=64)
    taken_at = models.DateTimeField(_("taken at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )

    class Meta:
        verbose_name = _("photo of a patrol")
        verbose_name_plural = _("photos of patrols")
        ordering = ["answer", "stage", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "stage", "digest"], name="answer_photo_once")
        ]

    def __str__(self) -> str:
        return f"{self.answer_id} {self.stage}"
