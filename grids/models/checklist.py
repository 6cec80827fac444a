from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaign.models import Committee
from campaign.scoping import Scope, ScopedModel
from grids.models.point import PointType


class Checklist(ScopedModel):
    """A card of standards (实地考察卡), in an edition: a new year's card never rewrites last year's answers."""

    scope = Scope(committee="committee", reference=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="checklists", verbose_name=_("committee")
    )
    point_type = models.ForeignKey(
        PointType, models.PROTECT, null=True, blank=True, related_name="checklists", verbose_name=_("point type"),
        help_text=_("Empty for a card that fits any point, such as a special action's."),
    )  # fmt: skip
    title = models.CharField(_("title"), max_length=60)
    edition = models.CharField(_("edition"), max_length=20)
    since = models.DateField(
        _("in force since"), null=True, blank=True,
        help_text=_("The newest card in force is the one that hangs at the point; older ones keep their answers."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("check-list")
        verbose_name_plural = _("check-lists")
        ordering = ["committee", "title", "edition"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "title", "edition"], name="checklist_edition_once")
        ]

    def __str__(self) -> str:
        return f"{self.title}({self.edition})"


class ChecklistItem(ScopedModel):
    """One standard: what must be so, what it is worth, and what kind of case a "no" opens."""

    scope = Scope(committee="checklist__committee", reference=True)
    checklist = models.ForeignKey(
        Checklist, models.CASCADE, related_name="items", verbose_name=_("check-list")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    text = models.CharField(_("standard"), max_length=120)
    max_score = models.PositiveSmallIntegerField(
        _("full score"), default=1, validators=[MaxValueValidator(100)]
    )
    deduct = models.PositiveSmallIntegerField(
        _("deducted for each fault"), null=True, blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Points that each fault costs, until none are left. Empty: the first fault costs them all."),
    )  # fmt: skip
    veto = models.BooleanField(
        _("veto"), default=False, help_text=_("A “no” here brings the whole point to nought.")
    )
    photo_needed = models.BooleanField(_("a “no” needs a photo"), default=False)
    good_example = models.CharField(
        _("as it should be"), max_length=200, blank=True, help_text=_("What somebody sees when it is met.")
    )
    bad_example = models.CharField(
        _("as it should not be"),
        max_length=200,
        blank=True,
        help_text=_("What is often found and counts as “no”."),
    )
    category = models.ForeignKey(
        "grids.CaseCategory", models.PROTECT, related_name="+", verbose_name=_("case category"),
        help_text=_("The category of the case that a “no” opens."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("standard")
        verbose_name_plural = _("standards")
        ordering = ["checklist", "order", "pk"]

    def __str__(self) -> str:
        return self.text

    @property
    def deduct_rule(self) -> str:
        """How points are lost here, as the card says it; empty where the item is worth none."""
        if self.veto:
            return gettext("not met: the whole point scores nought")
        if not self.max_score:
            return ""
        if self.deduct and self.deduct < self.max_score:
            return gettext("each fault costs %(points)d, until none are left") % {"points": self.deduct}
        return gettext("not met: no points")
