"""Leave and swap: a slot changes hands when the leader consents. And the history of plans and patrols."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaign.scoping import Scope, ScopedModel
from grids.models.patrol import Patrol, PatrolPlan


class Handover(ScopedModel):
    """A patroller asks for leave from a patrol, or to swap it for a colleague's; the zone leader decides."""

    class Kind(models.TextChoices):
        LEAVE = "leave", pgettext_lazy("patrol", "leave")
        SWAP = "swap", pgettext_lazy("patrol", "swap")

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("leave or swap", "asked")
        AGREED = "agreed", pgettext_lazy("leave or swap", "agreed")
        REFUSED = "refused", pgettext_lazy("leave or swap", "refused")
        TAKEN_BACK = "taken_back", pgettext_lazy("leave or swap", "taken back")

    scope = Scope(
        committee="patrol__committee",
        community="patrol__community",
        leader="patrol__zone__leader",
        own=("asked_by", "taker"),
    )
    patrol = models.ForeignKey(Patrol, models.PROTECT, related_name="handovers", verbose_name=_("patrol"))
    kind = models.CharField(_("kind"), max_length=5, choices=Kind)
    other = models.ForeignKey(
        Patrol, models.PROTECT, null=True, blank=True, related_name="swaps", verbose_name=_("swapped for"),
    )  # fmt: skip
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="handovers_asked", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"))
    reason = models.CharField(_("reason"), max_length=120)
    taker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="handovers_taken",
        verbose_name=_("taken over by"),
    )  # fmt: skip
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("leave or swap")
        verbose_name_plural = _("leave and swap")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["patrol"], condition=Q(state="asked"), name="handover_asked_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="leave", other=None) | Q(kind="swap", other__isnull=False),
                name="handover_swap_has_other",
            ),
        ]
        indexes = [
            models.Index(fields=["-asked_at", "-id"], name="handover_listed"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.patrol}"


class PatrolEvent(ScopedModel):
    """A line in the history of a plan, or of one of its patrols. Never changed."""

    class What(models.TextChoices):
        MADE = "made", pgettext_lazy("patrol plan", "set up")
        CHANGED = "changed", pgettext_lazy("patrol", "changed")
        SPLIT = "split", _("goes on changed")
        LEFT_OUT = "left_out", _("left out after a standstill")
        MOVED = "moved", pgettext_lazy("patrol", "moved")
        WITHDRAWN = "withdrawn", pgettext_lazy("patrol", "withdrawn")
        HANDED_OVER = "handed_over", pgettext_lazy("patrol", "handed over")

    scope = Scope(
        committee="plan__committee",
        community="plan__community",
        leader="plan__zone__leader",
        own="patrol__patroller",
    )
    plan = models.ForeignKey(PatrolPlan, models.PROTECT, related_name="events", verbose_name=_("patrol plan"))
    patrol = models.ForeignKey(
        Patrol, models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("patrol")
    )
    what = models.CharField(_("what"), max_length=12, choices=What)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("event of a patrol")
        verbose_name_plural = _("events of patrols")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.plan}"
