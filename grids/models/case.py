"""A case (案卷): something wrong in the street, from the report to the closing. See grids/workflow.py for its life."""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import phones
from campaign import spoken
from campaign.marks import CountedModel, CountedQuerySet
from campaign.models import Committee, Community, Unit
from campaign.scoping import Scope, ScopedModel
from grids import clocks
from grids.models.category import CaseCategory, LimitUnit
from grids.models.point import LATITUDE, LONGITUDE, Point
from grids.models.zone import Zone
from grids.workflow import OPEN, State


def new_code() -> str:
    """Twelve signs, 59 bits: whoever has the code may follow the case, so it cannot be guessed."""
    return spoken.code(12)


class CaseQuerySet(CountedQuerySet):
    """Words for the lists of cases; after `visible_to`."""

    def open(self) -> Self:
        """Not yet ended in any way."""
        return self.filter(state__in=OPEN)

    def overdue(self, now: datetime.datetime | None = None) -> Self:
        """Open, past the deadline, and with the clock running: a case that is suspended or waits is not overdue."""
        return self.filter(state__in=clocks.RUNNING, due_at__lt=now or timezone.now())

    def lit(self, lamp: str, now: datetime.datetime | None = None) -> Self:
        """With that lamp of grids.clocks.Lamp."""
        return self.filter(clocks.lit(lamp, now or timezone.now()))

    def to_dispatch(self) -> Self:
        """Waits for someone to say who is to handle it."""
        return self.filter(state__in=(State.RECEIVED, State.FILED))

    def to_handle(self) -> Self:
        """Waits for its unit."""
        return self.filter(state__in=(State.DISPATCHED, State.HANDLING))

    def asking(self) -> Self:
        """With a request for more time or suspension that waits for its answer; a case has one at most."""
        return self.filter(applications__state="pending")

    def to_verify(self) -> Self:
        """Waits for a second person to look."""
        return self.filter(state=State.HANDLED)


class Case(CountedModel):
    """A problem with a place, a responsible unit and a deadline. `grids.cases` alone writes its state."""

    class Source(models.TextChoices):
        PATROL = "patrol", _("patrol")
        RESIDENT = "resident", _("resident")
        OFFICE = "office", _("office")
        HOTLINE = "hotline", _("hotline")
        SURVEY = "survey", _("survey")
        WHISTLE = "whistle", _("whistle")
        API = "api", _("other system")

    scope = Scope(
        committee="committee",
        community="community",
        unit="unit",
        leader="zone__leader",
        own=("reporter", "handler"),
    )
    code = models.CharField(_("case number"), max_length=12, unique=True, default=new_code, editable=False)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="cases", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="cases", verbose_name=_("community")
    )
    zone = models.ForeignKey(
        Zone,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("responsibility zone"),
    )
    point = models.ForeignKey(
        Point, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("point")
    )
    category = models.ForeignKey(
        CaseCategory, models.PROTECT, related_name="cases", verbose_name=_("category")
    )
    source = models.CharField(_("source"), max_length=10, choices=Source)
    description = models.CharField(_("what is wrong"), max_length=500)
    address = models.CharField(_("where"), max_length=120, blank=True)
    longitude = models.DecimalField(
        _("longitude"), max_digits=9, decimal_places=6, null=True, blank=True, validators=LONGITUDE
    )
    latitude = models.DecimalField(
        _("latitude"), max_digits=9, decimal_places=6, null=True, blank=True, validators=LATITUDE
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.RECEIVED)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("responsible unit")
    )
    proposed_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("proposed unit"),
        help_text=_("Whom the unit that returned the case holds responsible."),
    )  # fmt: skip
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases_reported",
        verbose_name=_("reporter"),
    )
    reporter_phone = models.CharField(
        _("resident's mobile number"), max_length=11, blank=True, validators=[phones.check]
    )
    external_number = models.CharField(
        _("order number at the source"), max_length=40, blank=True,
        help_text=_("Such as the hotline's own order number: the same order is one case."),
    )  # fmt: skip
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases_handled",
        verbose_name=_("handler"),
    )
    reported_at = models.DateTimeField(_("reported at"))
    dispatched_at = models.DateTimeField(_("dispatched at"), null=True, blank=True)
    due_at = models.DateTimeField(
        _("due at"), null=True, blank=True, help_text=_("Frozen at the dispatch, in working time.")
    )
    handled_at = models.DateTimeField(_("handled at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    suspended_at = models.DateTimeField(_("suspended at"), null=True, blank=True)
    waiting_since = models.DateTimeField(_("asked at"), null=True, blank=True)
    waiting_until = models.DateTimeField(_("waits at the longest until"), null=True, blank=True)
    # The clocks, written by grids.clocks alone. The limits are copies: a category that changes moves no deadline.
    fix_limit = models.PositiveSmallIntegerField(_("limit"), null=True, blank=True)
    fix_unit = models.CharField(_("limit in"), max_length=8, choices=LimitUnit.choices, blank=True)
    response_limit = models.PositiveSmallIntegerField(_("response limit"), null=True, blank=True)
    response_unit = models.CharField(
        _("response limit in"), max_length=8, choices=LimitUnit.choices, blank=True
    )
    response_due_at = models.DateTimeField(_("response due at"), null=True, blank=True)
    responded_at = models.DateTimeField(_("responded at"), null=True, blank=True)
    warn_at = models.DateTimeField(_("most of the time used at"), null=True, blank=True, editable=False)
    response_warn_at = models.DateTimeField(
        _("most of the response time used at"), null=True, blank=True, editable=False
    )
    clock_run = models.PositiveSmallIntegerField(
        _("run of the clock"), default=0, editable=False, help_text=_("Counts dispatches and extensions.")
    )
    response_run = models.PositiveSmallIntegerField(
        _("run of the response's clock"), default=0, editable=False, help_text=_("Counts dispatches alone.")
    )
    clock_at = models.DateTimeField(_("looked at next"), null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="duplicates",
        verbose_name=_("duplicate of"),
    )
    # The Shanghai days by which cases are counted. Written with the state, by grids.cases.
    reported_on = models.DateField(_("reported on"))
    due_on = models.DateField(_("due on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closed_in_time = models.BooleanField(_("closed in time"), null=True, blank=True)
    form_key = models.UUIDField(_("form key"), null=True, blank=True, unique=True, editable=False)

    objects = models.Manager.from_queryset(CaseQuerySet)()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ["-reported_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=("dispatched", "handling", "handled")) | Q(unit__isnull=False),
                name="dispatched_case_has_a_unit",
            ),
            models.CheckConstraint(
                condition=~Q(state="duplicate") | Q(merged_into__isnull=False), name="duplicate_says_of_what"
            ),
            models.UniqueConstraint(
                fields=["committee", "source", "external_number"],
                condition=~Q(external_number=""),
                name="case_of_an_order_once",
            ),
        ]
        # The handlers' lists: newest first, by community, by unit, what is open by deadline.
        indexes = [
            models.Index(fields=["committee", "-reported_at", "-id"], name="case_listed"),
            models.Index(fields=["community", "-reported_at", "-id"], name="case_of_community"),
            models.Index(fields=["unit", "-reported_at", "-id"], name="case_of_unit"),
            models.Index(fields=["due_at"], condition=Q(closed_at=None), name="case_open_by_deadline"),
            models.Index(fields=["committee", "state"], name="case_standing"),  # "17 are open"
            models.Index(fields=["clock_at"], condition=Q(clock_at__isnull=False), name="case_clock"),
            models.Index(
                fields=["waiting_until"], condition=Q(waiting_until__isnull=False), name="case_waiting"
            ),
            models.Index(fields=["reported_on"], name="case_reported_counted"),
            models.Index(fields=["due_on"], name="case_due_counted"),
            models.Index(fields=["closed_on"], name="case_closed_counted"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.category}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_overdue(self) -> bool:
        """As `CaseQuerySet.overdue`, of one row."""
        return bool(self.state in clocks.RUNNING and self.due_at and self.due_at < timezone.now())

    @property
    def lamp(self) -> str:
        """How its clocks stand now, see grids.clocks.lamp; "" when none runs."""
        return clocks.lamp(self) or ""

    @property
    def masked_phone(self) -> str:
        return phones.mask(self.reporter_phone) if self.reporter_phone else ""


class CaseEvent(CountedModel):
    """One move of a case: who, when, from where to where. Rows are only ever appended."""

    scope = Scope(
        committee="case__committee",
        community="case__community",
        unit="case__unit",
        leader="case__zone__leader",
        own=("case__reporter", "case__handler"),
    )
    case = models.ForeignKey(Case, models.CASCADE, related_name="events", verbose_name=_("case"))
    move = models.CharField(_("move"), max_length=20)
    from_state = models.CharField(_("from"), max_length=12, choices=State, blank=True)
    to_state = models.CharField(_("to"), max_length=12, choices=State)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"))
    day = models.DateField(_("day"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    undone = models.CharField(
        _("takes back"), max_length=20, blank=True, help_text=_("The step that this one takes back.")
    )
    amount = models.SmallIntegerField(
        _("counts as"), default=1, editable=False, help_text=_("One; minus one where it takes a step back.")
    )
    proposed_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("proposed unit"),
        help_text=_("At a return, whose the unit says it is; at a dispatch, whom the rules named instead."),
    )  # fmt: skip
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    before = models.JSONField(
        _("what stood before"), null=True, blank=True, editable=False,
        help_text=_("Kept for moves that can be undone."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("case event")
        verbose_name_plural = _("case events")
        ordering = ["case", "at", "pk"]
        indexes = [models.Index(fields=["day", "move"], name="case_event_counted")]

    def __str__(self) -> str:
        return f"{self.case.code} {self.get_to_state_display()}"


class CasePhoto(ScopedModel):
    """A photo of a case, re-encoded from its pixels and served only to who may see the case."""

    class Stage(models.TextChoices):
        BEFORE = "before", _("before")
        DURING = "during", _("during")
        AFTER = "after", _("after")

    scope = Scope(
        committee="case__committee",
        community="case__community",
        unit="case__unit",
        leader="case__zone__leader",
        own=("case__reporter", "case__handler"),
    )
    case = models.ForeignKey(Case, models.CASCADE, related_name="photos", verbose_name=_("case"))
    stage = models.CharField(_("stage"), max_length=8, choices=Stage)
    file = models.ImageField(_("photo"), upload_to="cases/%Y/%m/")
    digest = models.CharField(_("digest"), max_length=64)
    taken_at = models.DateTimeField(
        _("taken at"), help_text=_("When the sender noted it; never later than its arrival.")
    )
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )

    class Meta:
        verbose_name = _("case photo")
        verbose_name_plural = _("case photos")
        ordering = ["case", "stage", "pk"]
        constraints = [models.UniqueConstraint(fields=["case", "stage", "digest"], name="case_photo_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.stage}"
