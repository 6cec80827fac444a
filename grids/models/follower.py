"""Somebody besides the reporter who wants to hear how a case ends."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import phones
from campaign.scoping import Scope, ScopedModel
from grids.models.case import Case, new_code


class CaseFollower(ScopedModel):
    """A resident who met the same problem and said "me too" instead of reporting it again.

    The reporters of merged cases are no rows here: they follow by `merged_into` (grids.cases.followers).
    """

    scope = Scope(
        committee="case__committee",
        community="case__community",
        unit="case__unit",
        leader="case__zone__leader",
        own="user",
    )
    case = models.ForeignKey(Case, models.CASCADE, related_name="followers", verbose_name=_("case"))
    code = models.CharField(
        _("follower's number"), max_length=12, unique=True, default=new_code, editable=False
    )
    phone = models.CharField(
        _("resident's mobile number"), max_length=11, blank=True, validators=[phones.check]
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("follower"),
    )
    since = models.DateTimeField(_("since"))
    form_key = models.UUIDField(_("form key"), null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("follower of a case")
        verbose_name_plural = _("followers of cases")
        ordering = ["case", "since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "phone"], condition=~Q(phone=""), name="case_followed_once_by_phone"
            ),
            models.UniqueConstraint(
                fields=["case", "user"], condition=Q(user__isnull=False), name="case_followed_once_by_user"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.code}"

    @property
    def masked_phone(self) -> str:
        return phones.mask(self.phone) if self.phone else ""
