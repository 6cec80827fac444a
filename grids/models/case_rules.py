"""What a street decides about its cases: how often a deadline may be moved, how many closings are looked at again."""

import datetime
import secrets
from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models import Committee
from campaign.scoping import Scope, ScopedModel


def new_key() -> str:
    """What a draw hangs on besides the case: whoever handles the case does not know it."""
    return secrets.token_hex(16)


class CaseRules(ScopedModel):
    """The rules in force from a day until the next row's; without a row the fields' defaults hold."""

    scope = Scope(committee="committee", reference=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="case_rules", verbose_name=_("committee")
    )
    since = models.DateField(_("since"))
    most_extensions = models.PositiveSmallIntegerField(
        _("extensions of a case at most"), default=2, validators=[MaxValueValidator(20)]
    )
    most_suspensions = models.PositiveSmallIntegerField(
        _("suspensions of a case at most"), default=2, validators=[MaxValueValidator(20)]
    )
    recheck_percent = models.PositiveSmallIntegerField(
        _("closed cases re-checked, in percent"),
        default=5,
        validators=[MaxValueValidator(100)],
        help_text=_("Drawn at the closing, for somebody who had no part in it."),
    )
    draw_key = models.CharField(_("key of the draw"), max_length=64, default=new_key, editable=False)

    class Meta:
        verbose_name = _("rules for cases")
        verbose_name_plural = _("rules for cases")
        ordering = ["committee", "-since"]
        constraints = [models.UniqueConstraint(fields=["committee", "since"], name="case_rules_once_a_day")]

    def __str__(self) -> str:
        return str(self.since)

    @classmethod
    def of(cls, committee_id: int, day: datetime.date) -> Self:
        """The rules that hold for a street on a day; where none were set, unsaved ones with the defaults."""
        rows = cls.objects.filter(committee=committee_id, since__lte=day)
        return rows.order_by("-since").first() or cls(committee_id=committee_id, since=day)
