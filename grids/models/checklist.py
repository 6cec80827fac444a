from django.core.validators import MaxValueValidator
from django.db import models
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
    full_score = models.PositiveSmallIntegerField(
        _("full score"), default=1, validators=[MaxValueValidator(100)]
    )
    veto = models.BooleanField(
        _("veto"), default=False, help_text=_("A “no” here brings the whole point to nought.")
    )
    photo_needed = models.BooleanField(_("a “no” needs a photo"), default=False)
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
