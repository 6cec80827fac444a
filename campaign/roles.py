"""The roles of an appointment, how far each sees, and what each may do. One table for page, admin and API."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is appointed as (domain.md §11, Roles)."""

    OFFICIAL = "official", _("street official")
    SECRETARY = "secretary", _("community secretary")
    CLERK = "clerk", _("community clerk")
    ZONE_LEADER = "zone_leader", _("zone leader")
    PATROLLER = "patroller", _("patroller")
    LIAISON = "liaison", _("unit liaison")
    TEAM_LEADER = "team_leader", _("volunteer team leader")


COMMITTEE_WIDE = frozenset({Role.OFFICIAL})
COMMUNITY_WIDE = frozenset({Role.SECRETARY, Role.CLERK})
UNIT_WIDE = frozenset({Role.LIAISON})
# A zone leader sees the zones that name them, a patroller and a team leader what bears their name: paths
# "leader" and "own" of the model's scope.

ADMIN_ROLES = frozenset({Role.OFFICIAL})

# What may be done, by whom, within one's scope. A verb that is not listed may be done by who sees the row.
MAY: dict[str, frozenset[str]] = {
    "organisation.change": frozenset({Role.OFFICIAL}),
    "publicity.enter": frozenset({Role.OFFICIAL, Role.SECRETARY, Role.CLERK, Role.LIAISON}),
    "works.enter": frozenset({Role.OFFICIAL, Role.SECRETARY, Role.CLERK}),
    "stories.write": frozenset({Role.OFFICIAL, Role.SECRETARY, Role.CLERK}),
    "goals.set": frozenset({Role.OFFICIAL}),
    "dashboard.see": frozenset({Role.OFFICIAL, Role.SECRETARY, Role.CLERK}),
    "reports.read": frozenset({Role.OFFICIAL, Role.SECRETARY, Role.CLERK, Role.ZONE_LEADER}),
    "patrols.plan": frozenset({Role.OFFICIAL, Role.ZONE_LEADER}),
    "frontage.inspect": frozenset(
        {Role.OFFICIAL, Role.SECRETARY, Role.CLERK, Role.ZONE_LEADER, Role.PATROLLER}
    ),
    "whistles.blow": frozenset({Role.OFFICIAL, Role.SECRETARY, Role.CLERK, Role.ZONE_LEADER}),
    "frontage.keep": frozenset({Role.OFFICIAL, Role.SECRETARY, Role.CLERK, Role.ZONE_LEADER}),
    "frontage.decide": frozenset({Role.OFFICIAL, Role.SECRETARY}),
    "frontage.publish": frozenset({Role.OFFICIAL}),
    "points.change": frozenset({Role.OFFICIAL, Role.SECRETARY, Role.CLERK}),
    "health.check": frozenset({Role.OFFICIAL, Role.SECRETARY, Role.CLERK, Role.ZONE_LEADER}),
    "visits.enter": frozenset({Role.OFFICIAL, Role.SECRETARY, Role.CLERK}),
    "activities.plan": frozenset({Role.OFFICIAL, Role.SECRETARY, Role.CLERK, Role.TEAM_LEADER}),
    "volunteers.enter": frozenset({Role.OFFICIAL, Role.SECRETARY, Role.CLERK, Role.TEAM_LEADER}),
    "volunteers.certify": frozenset({Role.OFFICIAL, Role.SECRETARY}),
    "personal.unmask": frozenset({Role.OFFICIAL, Role.SECRETARY, Role.TEAM_LEADER}),
}


def may(user: object, what: str) -> bool:
    """Whether `user` may do `what` (a key of MAY) somewhere; where, is said by the scope of the row."""
    from campaign.scoping.reach import reach_of

    return reach_of(user).may(*MAY[what])
