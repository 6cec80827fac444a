"""In-service party members who report in (双报到双报告). Membership is sensitive: staff alone see it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.marks import CountedModel
from campaign.models import Committee, Community, Team, Unit
from campaign.scoping import Scope
from volunteers.models.volunteer import Volunteer


class PartyGroup(CountedModel):
    """A group of reported-in party members with a task: maintenance or service."""

    class Kind(models.TextChoices):
        MAINTENANCE = "maintenance", _("maintenance group")
        SERVICE = "service", _("service group")

    scope = Scope(committee="committee", reference=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="party_groups", verbose_name=_("committee")
    )
    team = models.ForeignKey(Team, models.PROTECT, related_name="party_groups", verbose_name=_("team"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    name = models.CharField(_("name"), max_length=40)
    since = models.DateField(_("since"))

    class Meta:
        verbose_name = _("party members' group")
        verbose_name_plural = _("party members' groups")
        ordering = ["committee", "kind"]
        constraints = [models.UniqueConstraint(fields=["committee", "name"], name="party_group_name_once")]

    def __str__(self) -> str:
        return self.name


class PartyMember(CountedModel):
    """An in-service party member reported in at a community: one person, however often the person serves."""

    scope = Scope(committee="committee", community="community", unit="unit", own="volunteer__user")
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="party_members", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="party_members", verbose_name=_("community")
    )
    group = models.ForeignKey(PartyGroup, models.PROTECT, related_name="members", verbose_name=_("group"))
    volunteer = models.OneToOneField(
        Volunteer, models.PROTECT, related_name="party_member", verbose_name=_("volunteer"),
        help_text=_("Hours are kept there, in the one ledger."),
    )  # fmt: skip
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="party_members", verbose_name=_("home unit")
    )
    reported_on = models.DateField(_("reported in on"))
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)

    class Meta:
        verbose_name = _("reported-in party member")
        verbose_name_plural = _("reported-in party members")
        ordering = ["community", "-reported_on", "-pk"]
        indexes = [models.Index(fields=["reported_on"], name="party_member_counted")]

    def __str__(self) -> str:
        return str(self.volunteer)
