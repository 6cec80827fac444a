"""What is written beside a case: requests with their answers, notes, and the re-checks that were drawn."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaign.scoping import Scope, ScopedModel
from grids.models.case import Case

_SCOPE = {
    "committee": "case__committee",
    "community": "case__community",
    "leader": "case__zone__leader",
}
_PERSON = {"to": settings.AUTH_USER_MODEL, "on_delete": models.PROTECT, "related_name": "+"}


class CaseApplication(ScopedModel):
    """A handler asks for more time, or to suspend the case; who dispatches answers with a reason."""

    class Kind(models.TextChoices):
        EXTENSION = "extension", _("more time")
        SUSPENSION = "suspension", _("suspension")

    class State(models.TextChoices):
        PENDING = "pending", _("waits for an answer")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")
        LAPSED = "lapsed", _("no longer needed")

    scope = Scope(**_SCOPE, unit="case__unit", own=("by", "case__handler"))
    case = models.ForeignKey(Case, models.CASCADE, related_name="applications", verbose_name=_("case"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    by = models.ForeignKey(**_PERSON, verbose_name=_("asked by"))
    at = models.DateTimeField(_("asked at"))
    reason = models.CharField(_("reason"), max_length=500)
    until = models.DateTimeField(_("asked until"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    answered_by = models.ForeignKey(**_PERSON, null=True, blank=True, verbose_name=_("answered by"))
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("request of a handler")
        verbose_name_plural = _("requests of handlers")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="pending"), name="one_application_waits_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["state", "at"], name="case_application_waiting")]

    def __str__(self) -> str:
        return f"{self.case} {self.get_kind_display()}"


class CaseNote(ScopedModel):
    """A line for those who work on the case, or, when public, for whoever follows it. Rows are only appended."""

    scope = Scope(**_SCOPE, unit="case__unit", own=("by", "case__handler"))
    case = models.ForeignKey(Case, models.CASCADE, related_name="notes", verbose_name=_("case"))
    text = models.CharField(_("text"), max_length=500)
    public = models.BooleanField(
        _("shown to the reporter"), default=False, help_text=_("On the page where a report is followed.")
    )
    by = models.ForeignKey(**_PERSON, verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    form_key = models.UUIDField(_("form key"), null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("case note")
        verbose_name_plural = _("case notes")
        ordering = ["case", "at", "pk"]

    def __str__(self) -> str:
        return str(self.case)


class Recheck(ScopedModel):
    """A closed case drawn for a second look by somebody who had no part in it.

    Who handled it does not see the row. The draw can be made again: see grids.cases.rechecks.
    """

    class State(models.TextChoices):
        DUE = "due", _("to be re-checked")
        STAYS = "stays", _("stays closed")
        REOPENED = "reopened", _("opened again")
        LAPSED = "lapsed", _("opened again before")

    scope = Scope(**_SCOPE, own="checker")
    case = models.ForeignKey(Case, models.CASCADE, related_name="rechecks", verbose_name=_("case"))
    closing = models.PositiveSmallIntegerField(_("number of the closing"))
    drawn_at = models.DateTimeField(_("drawn at"))
    percent = models.PositiveSmallIntegerField(_("percent drawn"))
    lot = models.PositiveSmallIntegerField(
        _("lot"), help_text=_("0 to 9999; below a hundred times the percent.")
    )
    checker = models.ForeignKey(**_PERSON, null=True, blank=True, verbose_name=_("to be re-checked by"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DUE)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("random re-check")
        verbose_name_plural = _("random re-checks")
        ordering = ["-drawn_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "closing"], name="a_closing_is_drawn_once"),
        ]
        indexes = [models.Index(fields=["state", "-drawn_at", "-id"], name="recheck_listed")]

    def __str__(self) -> str:
        return f"{self.case} {self.get_state_display()}"
