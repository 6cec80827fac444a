"""One step made with many cases at once: what was chosen, what came of each, and what it needs to be undone."""

import datetime
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaign.models import Committee, Unit
from campaign.scoping import Scope, ScopedModel
from grids.models.case import Case, CaseEvent, new_code


class CaseBatch(ScopedModel):
    """A selection of cases and the step that is to be made with each. `grids.cases.bulk` alone writes it."""

    class State(models.TextChoices):
        CHOSEN = "chosen", _("chosen")
        CHECKING = "checking", _("being tried")
        CHECKED = "checked", _("tried, nothing changed yet")
        RUNNING = "running", _("under way")
        DONE = "done", _("done")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    WORKING = frozenset({State.CHECKING, State.RUNNING, State.UNDOING})
    """states in which the worker has something to do"""
    UNDOABLE_FOR = timedelta(hours=24)

    # Only who made it and the street's officials see a batch: its cases may lie in several communities.
    scope = Scope(committee="committee", own="by")
    code = models.CharField(_("batch number"), max_length=12, unique=True, default=new_code, editable=False)
    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name=_("committee"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.CHOSEN)
    move = models.CharField(_("move"), max_length=20, blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("responsible unit")
    )
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    merged_into = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("duplicate of")
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    made_at = models.DateTimeField(_("made at"))
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("undone by"),
    )
    form_key = models.UUIDField(_("form key"), null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("batch of cases")
        verbose_name_plural = _("batches of cases")
        ordering = ["-made_at", "-pk"]
        # The worker asks for what is under way; what is done must not slow it down.
        indexes = [
            models.Index(
                fields=["made_at"],
                condition=models.Q(state__in=("checking", "running", "undoing")),
                name="case_batch_under_way",
            ),
            models.Index(fields=["committee", "-made_at", "-id"], name="case_batch_listed"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_working(self) -> bool:
        return self.state in self.WORKING

    @property
    def undoable_until(self) -> datetime.datetime | None:
        """Until when the whole batch can be taken back; None while it is not done."""
        if self.state != self.State.DONE or self.finished_at is None:
            return None
        return self.finished_at + self.UNDOABLE_FOR

    def can_be_undone(self, now: datetime.datetime | None = None) -> bool:
        """Whether the 24 hours are not yet over."""
        until = self.undoable_until
        return until is not None and (now or timezone.now()) < until

    def given(self) -> dict[str, Any]:
        """What is said with the step, as `grids.cases.move` takes it."""
        return {
            "note": self.note,
            "unit": self.unit,
            "due_at": self.due_at,
            "merged_into": self.merged_into,
        }


class CaseBatchItem(ScopedModel):
    """One case of a batch and what came of it."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("waiting")
        WOULD_CHANGE = "would", _("would change")
        CHANGED = "changed", _("changed")
        REFUSED = "refused", pgettext_lazy("case of a batch", "refused")
        UNDONE = "undone", _("undone")
        MOVED_ON = "moved_on", _("not undone: it has moved on")

    scope = Scope(committee="batch__committee", own="batch__by")
    batch = models.ForeignKey(CaseBatch, models.CASCADE, related_name="items", verbose_name=_("batch"))
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name=_("case"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, default=Outcome.WAITING)
    why = models.CharField(_("why"), max_length=300, blank=True, validators=[MaxLengthValidator(300)])
    event = models.ForeignKey(
        CaseEvent, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("case event")
    )

    class Meta:
        verbose_name = _("case of a batch")
        verbose_name_plural = _("cases of batches")
        ordering = ["batch", "pk"]
        constraints = [models.UniqueConstraint(fields=["batch", "case"], name="case_batch_item_once")]
        indexes = [models.Index(fields=["batch", "outcome", "id"], name="case_batch_item_waiting")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.case_id}"
