"""A whistle (吹哨): the street or a community calls units to a place. See grids/whistleflow.py for its life."""

import datetime
import secrets
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.marks import CountedModel, CountedQuerySet
from campaign.models import Committee, Community, Unit
from campaign.scoping import Scope, ScopedModel
from grids.models.case import Case, new_code
from grids.whistleflow import OPEN_TASKS, OPEN_WHISTLES, Kind, TaskState, WhistleState


class WhistleLimit(ScopedModel):
    """How long a unit has, by kind of whistle; without a row the usual limits hold (grids.whistles.clocks)."""

    class Clock(models.TextChoices):
        REAL = "real", _("real time, day and night")
        WORKING = "working", _("working time")

    scope = Scope(committee="committee", reference=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="whistle_limits", verbose_name=_("committee")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    clock = models.CharField(_("clock"), max_length=8, choices=Clock, default=Clock.WORKING)
    sign_minutes = models.PositiveIntegerField(
        _("minutes to sign for it"), validators=[MinValueValidator(1), MaxValueValidator(60_000)],
        help_text=_("From the call. A working day has 480 minutes of working time."),
    )  # fmt: skip
    arrive_minutes = models.PositiveIntegerField(
        _("minutes to arrive"), validators=[MinValueValidator(1), MaxValueValidator(60_000)],
        help_text=_("From the call."),
    )  # fmt: skip
    report_minutes = models.PositiveIntegerField(
        _("minutes to report the result"), validators=[MinValueValidator(1), MaxValueValidator(600_000)],
        help_text=_("From the arrival."),
    )  # fmt: skip
    skips_approval = models.BooleanField(_("needs no approval"), default=False)
    since = models.DateField(_("in force since"))

    class Meta:
        verbose_name = _("limit of whistles")
        verbose_name_plural = _("limits of whistles")
        ordering = ["committee", "kind", "-since"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "kind", "since"], name="whistle_limit_once"),
            models.CheckConstraint(
                condition=Q(kind="urgent") | Q(skips_approval=False),
                name="only_urgent_skips_approval",
                violation_error_message=_("Only an urgent whistle may skip the approval."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class WhistleQuerySet(CountedQuerySet):
    """Words for the lists of whistles; after `visible_to`."""

    def open(self) -> Self:
        """Not yet ended in any way."""
        return self.filter(state__in=OPEN_WHISTLES)

    def overdue(self, now: datetime.datetime | None = None) -> Self:
        """With a unit that lets a limit pass."""
        late = WhistleTask.objects.overdue(now).values("whistle")
        return self.filter(state=WhistleState.BLOWN, pk__in=late)


class Whistle(CountedModel):
    """One call to units, with what they are to do there. `grids.whistles` alone writes its state."""

    scope = Scope(
        committee="committee",
        community="community",
        unit=("tasks__unit", "tasks__proposed"),
        leader="case__zone__leader",
        own="raised_by",
    )
    code = models.CharField(_("whistle number"), max_length=12, unique=True, default=new_code, editable=False)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="whistles", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="whistles",
        verbose_name=_("community"), help_text=_("Empty for a whistle of the whole street."),
    )  # fmt: skip
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="whistles", verbose_name=_("case")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    title = models.CharField(_("what it is about"), max_length=60)
    description = models.CharField(_("what is asked of the units"), max_length=500)
    address = models.CharField(_("where"), max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=WhistleState, default=WhistleState.RAISED)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="whistles_raised", verbose_name=_("raised by")
    )
    raised_at = models.DateTimeField(_("raised at"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("approved by"),
    )  # fmt: skip
    blown_at = models.DateTimeField(_("blown at"), null=True, blank=True)
    blown_on = models.DateField(_("blown on"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    form_key = models.UUIDField(_("form key"), null=True, blank=True, unique=True, editable=False)

    objects = models.Manager.from_queryset(WhistleQuerySet)()

    class Meta:
        verbose_name = _("whistle")
        verbose_name_plural = _("whistles")
        ordering = ["-raised_at", "-pk"]
        indexes = [
            models.Index(fields=["committee", "-raised_at", "-id"], name="whistle_listed"),
            models.Index(fields=["community", "-raised_at", "-id"], name="whistle_of_community"),
            models.Index(fields=["blown_on"], name="whistle_counted"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_WHISTLES


def is_late(now: datetime.datetime) -> Q:
    """The condition of a task whose next step is past its limit."""
    unsigned = Q(state__in=(TaskState.CALLED, TaskState.OFFERED), sign_due_at__lt=now)
    absent = Q(state__in=(TaskState.CALLED, TaskState.SIGNED), arrive_due_at__lt=now)
    return unsigned | absent | Q(state=TaskState.ARRIVED, report_due_at__lt=now)


class WhistleTaskQuerySet(CountedQuerySet):
    """Words for the lists of tasks; after `visible_to`."""

    def open(self) -> Self:
        """Neither rated nor called off."""
        return self.filter(state__in=OPEN_TASKS)

    def overdue(self, now: datetime.datetime | None = None) -> Self:
        """Open, with the limit of its next step past."""
        return self.filter(is_late(now or timezone.now()))

    def waiting_for(self, units: frozenset[int]) -> Self:
        """Tasks whose next step one of the units must make."""
        theirs = Q(unit__in=units, state__in=(TaskState.CALLED, TaskState.SIGNED, TaskState.ARRIVED))
        return self.filter(theirs | Q(proposed__in=units, state=TaskState.OFFERED))


class WhistleTask(CountedModel):
    """What one unit is called to do: the lead's task, or a helper's under it. Written by `grids.whistles` alone."""

    class Rating(models.TextChoices):
        GOOD = "good", _("satisfied")
        FAIR = "fair", _("mostly satisfied")
        POOR = "poor", _("not satisfied")

    scope = Scope(
        committee="whistle__committee",
        community="whistle__community",
        unit=("unit", "proposed"),
        leader="whistle__case__zone__leader",
        own="whistle__raised_by",
    )
    whistle = models.ForeignKey(Whistle, models.CASCADE, related_name="tasks", verbose_name=_("whistle"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="whistle_tasks", verbose_name=_("unit"))
    lead = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="helpers", verbose_name=_("helps"),
        help_text=_("The lead unit's task; empty for the lead itself."),
    )  # fmt: skip
    state = models.CharField(_("state"), max_length=10, choices=TaskState, default=TaskState.NAMED)
    proposed = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="whistle_tasks_offered",
        verbose_name=_("proposed unit"),
    )  # fmt: skip
    refusals = models.PositiveSmallIntegerField(_("refusals"), default=0)
    is_final = models.BooleanField(_("decided by the committee"), default=False)
    # Frozen at the call: a change of the limits touches no call that was made.
    called_at = models.DateTimeField(_("called at"), null=True, blank=True)
    sign_due_at = models.DateTimeField(_("to be signed for by"), null=True, blank=True)
    arrive_due_at = models.DateTimeField(_("to arrive by"), null=True, blank=True)
    report_due_at = models.DateTimeField(_("to report by"), null=True, blank=True)
    signed_at = models.DateTimeField(_("signed for at"), null=True, blank=True)
    arrived_at = models.DateTimeField(_("arrived at"), null=True, blank=True)
    person = models.CharField(_("who came"), max_length=40, blank=True)
    reported_at = models.DateTimeField(_("result reported at"), null=True, blank=True)
    result = models.CharField(_("result"), max_length=500, blank=True)
    rating = models.CharField(_("rating"), max_length=4, choices=Rating, blank=True)
    rated_at = models.DateTimeField(_("rated at"), null=True, blank=True)
    # The Shanghai days by which tasks are counted, and how it went: written with the steps.
    sign_due_on = models.DateField(_("to be signed for on"), null=True, blank=True)
    signed_in_time = models.BooleanField(_("signed for in time"), null=True, blank=True)
    arrive_due_on = models.DateField(_("to arrive on"), null=True, blank=True)
    arrived_in_time = models.BooleanField(_("arrived in time"), null=True, blank=True)

    objects = models.Manager.from_queryset(WhistleTaskQuerySet)()

    class Meta:
        verbose_name = _("task of a whistle")
        verbose_name_plural = _("tasks of whistles")
        ordering = ["whistle", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["whistle", "unit"], condition=~Q(state="called_off"), name="whistle_task_of_unit_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="offered") | Q(proposed__isnull=False), name="offered_task_names_a_unit"
            ),
            models.CheckConstraint(
                condition=Q(proposed=None) | ~Q(proposed=F("unit")), name="no_unit_proposes_itself"
            ),
            models.CheckConstraint(
                condition=~Q(state="rated") | ~Q(rating=""), name="rated_task_has_a_rating"
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "state"], name="whistle_task_of_unit"),
            models.Index(fields=["sign_due_on"], name="whistle_task_sign_counted"),
            models.Index(fields=["arrive_due_on"], name="whistle_task_arrive_counted"),
        ]

    def __str__(self) -> str:
        return f"{self.whistle_id} {self.unit}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_TASKS

    @property
    def due_at(self) -> datetime.datetime | None:
        """The limit of the next step, None where nobody's clock runs."""
        if self.state in (TaskState.CALLED, TaskState.OFFERED):
            return self.sign_due_at
        if self.state == TaskState.SIGNED:
            return self.arrive_due_at
        return self.report_due_at if self.state == TaskState.ARRIVED else None

    @property
    def is_overdue(self) -> bool:
        """As `WhistleTaskQuerySet.overdue`, of one row."""
        now = timezone.now()
        absent = self.state == TaskState.CALLED and self.arrive_due_at and self.arrive_due_at < now
        return bool(absent or (self.due_at and self.due_at < now))


class WhistleEvent(CountedModel):
    """One step of a whistle or of one of its tasks: who, when, from where to where. Rows are only ever appended."""

    scope = Scope(
        committee="whistle__committee",
        community="whistle__community",
        unit=("whistle__tasks__unit", "whistle__tasks__proposed"),
        leader="whistle__case__zone__leader",
        own="whistle__raised_by",
    )
    whistle = models.ForeignKey(Whistle, models.CASCADE, related_name="events", verbose_name=_("whistle"))
    task = models.ForeignKey(
        WhistleTask, models.CASCADE, null=True, blank=True, related_name="events", verbose_name=_("task")
    )
    step = models.CharField(_("step"), max_length=12)
    from_state = models.CharField(_("from"), max_length=10, blank=True)
    to_state = models.CharField(_("to"), max_length=10)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by"),
        help_text=_("Empty for a unit that answered through its link."),
    )  # fmt: skip
    at = models.DateTimeField(_("at"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    proposed = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("proposed unit")
    )
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("step of a whistle")
        verbose_name_plural = _("steps of whistles")
        ordering = ["whistle", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.whistle_id} {self.step}"


class WhistlePhoto(ScopedModel):
    """A photo from the place, with one unit's task; painted anew on its way in."""

    scope = Scope(
        committee="task__whistle__committee",
        community="task__whistle__community",
        unit=("task__unit", "task__proposed"),
        leader="task__whistle__case__zone__leader",
        own="task__whistle__raised_by",
    )
    task = models.ForeignKey(WhistleTask, models.CASCADE, related_name="photos", verbose_name=_("task"))
    step = models.CharField(_("step"), max_length=12)
    file = models.ImageField(_("photo"), upload_to="whistles/%Y/%m/")
    digest = models.CharField(_("digest"), max_length=64)
    taken_at = models.DateTimeField(_("taken at"))

    class Meta:
        verbose_name = _("photo of a whistle")
        verbose_name_plural = _("photos of whistles")
        ordering = ["task", "pk"]
        constraints = [models.UniqueConstraint(fields=["task", "digest"], name="whistle_photo_once")]

    def __str__(self) -> str:
        return f"{self.task_id} {self.step}"


def new_nonce() -> str:
    """128 bits: a link that is not in this table is none, whatever its signature."""
    return secrets.token_urlsafe(16)


class WhistleLink(ScopedModel):
    """The way in for a unit without an account: to one task, for a time, until it is revoked."""

    scope = Scope(committee="task__whistle__committee")
    task = models.ForeignKey(WhistleTask, models.CASCADE, related_name="links", verbose_name=_("task"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    nonce = models.CharField(_("nonce"), max_length=32, unique=True, default=new_nonce, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("given by")
    )
    made_at = models.DateTimeField(_("given at"))
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("link of a whistle")
        verbose_name_plural = _("links of whistles")
        ordering = ["task", "-pk"]

    def __str__(self) -> str:
        return f"{self.task_id} {self.unit}"

    def is_good(self, now: datetime.datetime | None = None) -> bool:
        """Whether it still opens its task: neither expired nor revoked."""
        return self.revoked_at is None and (now or timezone.now()) < self.expires_at
