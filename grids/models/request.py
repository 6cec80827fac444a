"""Requests (诉求, 接诉即办): what a reporter is owed beyond the handling of the case, and the calls made to them."""

import datetime
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaign.marks import CountedModel, CountedQuerySet
from campaign.models import Committee, Community
from campaign.scoping import Scope, ScopedModel
from grids.models.case import Case, CaseCategory
from grids.workflow import State

TO_BE_CALLED_BACK = (State.CLOSED, State.NOT_FIXED)
"""ends of a case after which the reporter is asked; what was not ours or was merged is answered elsewhere"""


class RequestType(ScopedModel):
    """How urgent a request is: by when the reporter is contacted and by when it is dealt with (domain.md §5.2)."""

    scope = Scope(committee="committee", reference=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="request_types", verbose_name=_("committee")
    )
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=40)
    response_hours = models.PositiveSmallIntegerField(
        _("hours to contact the reporter"), validators=[MinValueValidator(1), MaxValueValidator(720)],
        help_text=_("By the clock, day and night, from the report."),
    )  # fmt: skip
    limit_hours = models.PositiveSmallIntegerField(
        _("hours to deal with it"), validators=[MinValueValidator(1), MaxValueValidator(2400)],
        help_text=_("By the clock, day and night: 2, 24, 168 (7 days) or 360 (15 days)."),
    )  # fmt: skip
    is_usual = models.BooleanField(
        _("the usual one"), default=False, help_text=_("For categories that no other type names.")
    )
    categories = models.ManyToManyField(
        CaseCategory, blank=True, related_name="request_types", verbose_name=_("categories")
    )

    class Meta:
        verbose_name = _("type of request")
        verbose_name_plural = _("types of requests")
        ordering = ["committee", "limit_hours", "code"]
        constraints = [models.UniqueConstraint(fields=["committee", "code"], name="request_type_once")]

    def __str__(self) -> str:
        return self.name


class RequestQuerySet(CountedQuerySet):
    """Words for the lists of requests; after `visible_to`."""

    def to_contact(self) -> Self:
        """The reporter has not been spoken to yet, and the case goes on."""
        return self.filter(responded_at=None, respond_by__isnull=False, state=Request.State.OPEN)

    def to_call_back(self) -> Self:
        """The case has ended and the reporter has not yet said what they think of it."""
        return self.filter(
            state=Request.State.OPEN, respond_by__isnull=False, case__state__in=TO_BE_CALLED_BACK
        )

    def late(self, now: datetime.datetime | None = None) -> Self:
        """To contact, and past the limit for that."""
        return self.to_contact().filter(respond_by__lt=now or timezone.now())


class Request(CountedModel):
    """What the reporter of one case is owed: to be contacted in time, and to be asked when it is done.

    Written by `grids.requests` and `grids.callbacks` alone.
    """

    class State(models.TextChoices):
        OPEN = "open", _("not yet called back")
        HEARD = "heard", _("called back")
        UNREACHED = "unreached", _("not reached")
        NOBODY = "nobody", _("left no number")

    scope = Scope(
        committee="committee",
        community="case__community",
        unit="case__unit",
        leader="case__zone__leader",
    )
    case = models.OneToOneField(Case, models.CASCADE, related_name="request", verbose_name=_("case"))
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="requests", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="requests", verbose_name=_("community"),
        help_text=_("As it was reported; the case may move."),
    )  # fmt: skip
    type = models.ForeignKey(
        RequestType, models.PROTECT, related_name="requests", verbose_name=_("type of request")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    asked_at = models.DateTimeField(_("reported at"))
    asked_on = models.DateField(_("reported on"))
    respond_by = models.DateTimeField(_("reporter to be contacted by"), null=True, blank=True)
    respond_on = models.DateField(_("reporter to be contacted on"), null=True, blank=True)
    due_by = models.DateTimeField(_("to be dealt with by"))
    responded_at = models.DateTimeField(_("reporter contacted at"), null=True, blank=True)
    responded_in_time = models.BooleanField(_("contacted in time"), null=True, blank=True)
    round = models.PositiveSmallIntegerField(
        _("round"), default=1, help_text=_("Grows when a dissatisfied reporter has the case reopened.")
    )
    attempts = models.PositiveSmallIntegerField(_("calls in this round"), default=0)

    objects = models.Manager.from_queryset(RequestQuerySet)()

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ["-asked_at", "-pk"]
        indexes = [
            models.Index(fields=["committee", "state", "due_by", "id"], name="request_waiting"),
            models.Index(fields=["committee", "-asked_at", "-id"], name="request_listed"),
            models.Index(fields=["asked_on"], name="request_asked_counted"),
            models.Index(fields=["respond_on"], name="request_response_counted"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.case_id}"

    @property
    def code(self) -> str:
        """The number of its case, by which it is known."""
        return self.case.code

    @property
    def is_late(self) -> bool:
        """As `RequestQuerySet.late`, of one row."""
        return bool(
            self.state == self.State.OPEN
            and self.responded_at is None
            and self.respond_by
            and self.respond_by < timezone.now()
        )


class RequestContact(CountedModel):
    """One call to a reporter and what came of it. Rows are only ever appended; excluding one changes no other word."""

    class Purpose(models.TextChoices):
        RESPONSE = "response", _("first contact")
        CALLBACK = "callback", _("call-back")

    class Outcome(models.TextChoices):
        REACHED = "reached", pgettext_lazy("call-back", "reached")
        NO_ANSWER = "no_answer", _("no answer")
        WRONG_NUMBER = "wrong", _("wrong number")
        DECLINED = "declined", _("did not want to talk")

    class Solved(models.TextChoices):
        YES = "yes", pgettext_lazy("call-back", "solved")
        PARTLY = "partly", pgettext_lazy("call-back", "partly solved")
        NO = "no", pgettext_lazy("call-back", "not solved")

    class Satisfied(models.TextChoices):
        YES = "yes", _("satisfied")
        MOSTLY = "mostly", _("mostly satisfied")
        NO = "no", _("not satisfied")
        NO_RATING = "none", _("gave no rating")

    scope = Scope(
        committee="request__committee",
        community="request__case__community",
        unit="request__case__unit",
        leader="request__case__zone__leader",
    )
    request = models.ForeignKey(Request, models.CASCADE, related_name="contacts", verbose_name=_("request"))
    purpose = models.CharField(_("purpose"), max_length=8, choices=Purpose)
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome)
    solved = models.CharField(_("is it solved"), max_length=6, choices=Solved, blank=True)
    satisfied = models.CharField(_("is the reporter satisfied"), max_length=6, choices=Satisfied, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("called by")
    )
    at = models.DateTimeField(_("called at"))
    day = models.DateField(_("day"))
    excluded = models.BooleanField(
        _("excluded from the rates"), default=False, help_text=_("After an objection that was accepted.")
    )
    form_key = models.UUIDField(_("form key"), null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("call to a reporter")
        verbose_name_plural = _("calls to reporters")
        ordering = ["request", "at", "pk"]
        constraints = [
            # "No answer" is no opinion: an opinion needs somebody who was reached.
            models.CheckConstraint(
                condition=Q(outcome="reached", purpose="callback") | Q(solved="", satisfied=""),
                name="only_who_was_reached_has_an_opinion",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="reached", purpose="callback") | ~(Q(solved="") | Q(satisfied="")),
                name="a_valid_call_back_has_an_opinion",
            ),
            models.UniqueConstraint(
                fields=["request", "round"], condition=Q(purpose="callback", outcome="reached"),
                name="one_valid_call_back_a_round",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["day", "purpose", "outcome"], name="request_contact_counted")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.get_outcome_display()}"


class RequestEvent(ScopedModel):
    """What else was done with a request: its type changed, a call excluded, a round begun. Only ever appended."""

    class What(models.TextChoices):
        BEGUN = "begun", _("taken in")
        RETYPED = "retyped", _("type changed")
        EXCLUDED = "excluded", _("call excluded from the rates")
        REOPENED = "reopened", _("reopened after the call-back")
        GIVEN_UP = "given_up", _("no further calls")

    scope = Scope(
        committee="request__committee",
        community="request__case__community",
        unit="request__case__unit",
        leader="request__case__zone__leader",
    )
    request = models.ForeignKey(Request, models.CASCADE, related_name="events", verbose_name=_("request"))
    what = models.CharField(_("what"), max_length=8, choices=What)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"))
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("step of a request")
        verbose_name_plural = _("steps of requests")
        ordering = ["request", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.request_id} {self.what}"
