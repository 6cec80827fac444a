from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaign.marks import CountedModel
from campaign.models import Committee, Community, Team, Unit
from campaign.scoping import Scope
from volunteers.models.volunteer import Volunteer


class VolunteerTeam(CountedModel):
    """A team that volunteers belong to: a community's, a unit's, one for a purpose."""

    class Purpose(models.TextChoices):
        STANDING = "standing", _("standing team")
        EPIDEMIC = "epidemic", _("epidemic control")

    class Admission(models.TextChoices):
        FREE = "free", _("everybody may join")
        REQUEST = "request", _("the leader answers requests")
        CLOSED = "closed", _("takes nobody at present")

    scope = Scope(committee="committee", community="community", unit="unit", leader="leader")
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="volunteer_teams", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        Community,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="volunteer_teams",
        verbose_name=_("community"),
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="volunteer_teams", verbose_name=_("unit")
    )
    part_of = models.ForeignKey(
        Team, models.PROTECT, related_name="volunteer_teams", verbose_name=_("part of")
    )
    name = models.CharField(_("name"), max_length=60)
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose, default=Purpose.STANDING)
    admission = models.CharField(_("joining"), max_length=8, choices=Admission, default=Admission.REQUEST)
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="teams_led",
        verbose_name=_("team leader"),
    )
    formed_on = models.DateField(_("formed on"))
    disbanded_on = models.DateField(_("disbanded on"), null=True, blank=True)

    class Meta:
        verbose_name = _("volunteer team")
        verbose_name_plural = _("volunteer teams")
        ordering = ["committee", "name"]
        constraints = [models.UniqueConstraint(fields=["committee", "name"], name="volunteer_team_name_once")]

    def __str__(self) -> str:
        return self.name


class TeamMember(CountedModel):
    """A volunteer's membership of a team, and as what the person takes part."""

    class Capacity(models.TextChoices):
        RESIDENT = "resident", _("resident")
        PROPERTY = "property", _("property company")
        VOLUNTEER = "volunteer", _("volunteer")

    scope = Scope(
        committee="team__committee",
        community="team__community",
        unit="team__unit",
        leader="team__leader",
        own="volunteer__user",
    )
    team = models.ForeignKey(VolunteerTeam, models.PROTECT, related_name="members", verbose_name=_("team"))
    volunteer = models.ForeignKey(
        Volunteer, models.CASCADE, related_name="memberships", verbose_name=_("volunteer")
    )
    capacity = models.CharField(
        _("takes part as"), max_length=10, choices=Capacity, default=Capacity.VOLUNTEER
    )
    joined_on = models.DateField(_("joined on"))
    left_on = models.DateField(_("left on"), null=True, blank=True)

    class Meta:
        verbose_name = _("team member")
        verbose_name_plural = _("team members")
        ordering = ["team", "joined_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "volunteer"], condition=Q(left_on=None), name="team_member_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team} {self.volunteer}"
