"""Who may plan activities where, and who may run one: the questions that every verb of a leader asks."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from campaign.errors import Refused
from campaign.models import Community
from campaign.roles import may
from campaign.scoping import reach_of
from volunteers import guardians
from volunteers.models import Activity, TeamMember, Volunteer, VolunteerTeam


def communities_served(user: Any) -> QuerySet[Community]:
    """Where `user` may plan activities: the street's communities for an official, else those where the person
    is appointed. Narrower than what may be looked up."""
    reach, seen = reach_of(user), Community.objects.visible_to(user)
    if reach.everything:
        return seen
    if not may(user, "activities.plan"):
        return seen.none()
    return seen.filter(Q(committee__in=reach.committees) | Q(pk__in=reach.communities | reach.near))


def plans_in(user: Any, community: Community) -> bool:
    """Whether `user` may plan activities in the community; None is the portal itself (a task, the demo)."""
    return user is None or communities_served(user).filter(pk=community.pk).exists()


def leads(user: Any, activity: Activity) -> bool:
    """Whether `user` may run the activity: its leader, its team's leader, or who plans activities there."""
    if not activity.is_visible_to(user):
        return False
    own = {activity.leader_id, activity.team.leader_id if activity.team else None}
    return user.pk in own or may(user, "activities.plan")


def teams_spoken_for(user: Any) -> QuerySet[VolunteerTeam]:
    """The teams for which `user` signs people up: those led, and those of the unit whose liaison the person is."""
    own = Q(leader=user.pk) | Q(unit__in=reach_of(user).units)
    return VolunteerTeam.objects.filter(own, disbanded_on=None)


def colleagues(user: Any, activity: Activity) -> QuerySet[Volunteer]:
    """Whom `user` may sign up for an activity that they do not lead: the members of those teams and the own
    children, in its street."""
    members = TeamMember.objects.filter(team__in=teams_spoken_for(user), left_on=None)
    own = Volunteer.objects.filter(committee=activity.committee_id, left_on=None)
    spoken_for = Q(pk__in=members.values("volunteer")) | guardians.children_of(user)
    return own.filter(spoken_for).order_by("name", "pk")


def check(user: Any, activity: Activity) -> None:
    """Raise Refused unless `user` may run the activity; None is the portal itself (a task, the demo)."""
    if user is not None and not leads(user, activity):
        raise Refused(
            _("Only the leader of the activity or the community may do this. Ask them."), code="not_leader"
        )
