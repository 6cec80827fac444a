"""Looks at a shop's frontage, what they found, and the objection to one."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaign.marks import CountedModel
from campaign.scoping import Scope, ScopedModel
from grids.models.duty import FrontageItem, FrontageStandard
from grids.models.frontage import Merchant


class FrontageInspection(CountedModel):
    """One look at a shop's frontage by the items of an edition. Score and status were worked out then and stay.

    An item without a `FrontageFinding` was met.
    """

    class Status(models.TextChoices):
        FULFILLED = "fulfilled", _("fulfilled")
        UNFULFILLED = "unfulfilled", _("not fulfilled")

    scope = Scope(
        committee="merchant__committee",
        community="merchant__community",
        leader="merchant__zone__leader",
        own="inspector",
    )
    merchant = models.ForeignKey(
        Merchant, models.PROTECT, related_name="inspections", verbose_name=_("merchant")
    )
    standard = models.ForeignKey(
        FrontageStandard, models.PROTECT, related_name="inspections", verbose_name=_("frontage standard")
    )
    day = models.DateField(_("day"))
    score = models.PositiveSmallIntegerField(_("score"), editable=False)
    full_score = models.PositiveSmallIntegerField(_("full score"), editable=False)
    status = models.CharField(_("status"), max_length=12, choices=Status, editable=False)
    valid_until = models.DateField(_("valid until"), help_text=_("The first day on which it says nothing."))
    rectify_by = models.DateField(_("to be put right by"), null=True, blank=True)
    recheck_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="rechecks",
        verbose_name=_("re-check of"),
    )
    set_aside_on = models.DateField(
        _("set aside on"), null=True, blank=True, editable=False,
        help_text=_("An objection was upheld: it no longer counts."),
    )  # fmt: skip
    note = models.CharField(_("note"), max_length=200, blank=True)
    inspector = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("inspector"),
    )
    form_key = models.UUIDField(_("form key"), null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("frontage inspection")
        verbose_name_plural = _("frontage inspections")
        ordering = ["-day", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(score__lte=F("full_score")), name="score_within_full_score")
        ]
        indexes = [
            models.Index(fields=["merchant", "-day", "-id"], name="inspection_latest"),
            models.Index(fields=["day", "status"], name="inspection_counted"),
        ]

    def __str__(self) -> str:
        return f"{self.merchant} {self.day}"


class FrontageFinding(ScopedModel):
    """An item that was not met, or does not apply at this door."""

    class Value(models.TextChoices):
        NO = "no", _("not met")
        NOT_APPLICABLE = "na", _("not applicable")

    scope = Scope(
        committee="inspection__merchant__committee",
        community="inspection__merchant__community",
        leader="inspection__merchant__zone__leader",
        own="inspection__inspector",
    )
    inspection = models.ForeignKey(
        FrontageInspection, models.CASCADE, related_name="findings", verbose_name=_("frontage inspection")
    )
    item = models.ForeignKey(FrontageItem, models.PROTECT, related_name="findings", verbose_name=_("item"))
    value = models.CharField(_("answer"), max_length=3, choices=Value)

    class Meta:
        verbose_name = _("finding at a door")
        verbose_name_plural = _("findings at doors")
        ordering = ["inspection", "item"]
        constraints = [models.UniqueConstraint(fields=["inspection", "item"], name="frontage_finding_once")]

    def __str__(self) -> str:
        return f"{self.item}: {self.get_value_display()}"


class FrontageAppeal(ScopedModel):
    """The shop's objection to what was found. Another person than the inspector decides on it, once."""

    class Decision(models.TextChoices):
        UPHELD = "upheld", _("upheld")
        REJECTED = "rejected", _("rejected")

    scope = Scope(
        committee="inspection__merchant__committee",
        community="inspection__merchant__community",
        leader="inspection__merchant__zone__leader",
        own="inspection__inspector",
    )
    inspection = models.OneToOneField(
        FrontageInspection, models.PROTECT, related_name="appeal", verbose_name=_("frontage inspection")
    )
    text = models.CharField(_("what the shop says"), max_length=300)
    filed_at = models.DateTimeField(_("filed at"))
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken down by"),
    )
    decision = models.CharField(_("decision"), max_length=8, choices=Decision, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )

    class Meta:
        verbose_name = _("objection of a shop")
        verbose_name_plural = _("objections of shops")
        ordering = ["-filed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(filed_by=None) | ~Q(decided_by=F("filed_by")),
                name="appeal_decided_by_another",
            )
        ]

    def __str__(self) -> str:
        return f"{self.inspection} {self.get_decision_display()}"
