"""The pledge (责任书) that a shop signs: its text in versions, and who signed which, when."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models import Committee
from campaign.scoping import Scope, ScopedModel
from grids.models.frontage import Merchant


class PledgeVersion(ScopedModel):
    """A text of the pledge, in force from a day on. A signed text is never changed: a new one is a new version."""

    scope = Scope(committee="committee", reference=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="pledge_versions", verbose_name=_("committee")
    )
    version = models.CharField(_("version"), max_length=20)
    since = models.DateField(_("in force since"))
    text = models.TextField(_("text"), max_length=4000)

    class Meta:
        verbose_name = _("pledge version")
        verbose_name_plural = _("pledge versions")
        ordering = ["committee", "-since"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "version"], name="pledge_version_once"),
            models.UniqueConstraint(fields=["committee", "since"], name="pledge_version_once_a_day"),
        ]

    def __str__(self) -> str:
        return self.version


class Pledge(ScopedModel):
    """A shop signed a version of the pledge on a day."""

    scope = Scope(
        committee="merchant__committee", community="merchant__community", leader="merchant__zone__leader"
    )
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="pledges", verbose_name=_("merchant"))
    version = models.ForeignKey(
        PledgeVersion, models.PROTECT, related_name="pledges", verbose_name=_("version")
    )
    signed_on = models.DateField(_("signed on"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
    )

    class Meta:
        verbose_name = _("pledge")
        verbose_name_plural = _("pledges")
        ordering = ["merchant", "-signed_on"]
        constraints = [models.UniqueConstraint(fields=["merchant", "version"], name="pledge_once")]

    def __str__(self) -> str:
        return f"{self.merchant} {self.version}"
