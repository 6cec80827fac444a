"""Who may run an activity: the one question that every verb of a leader asks."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from campaign.errors import Refused
from campaign.roles import may
from volunteers.models import Activity


def leads(user: Any, activity: Activity) -> bool:
    """Whether `user` may run the activity: its leader, its team's leader, or who plans activities there."""
    if not activity.is_visible_to(user):
        return False
    own = {activity.leader_id, activity.team.leader_id if activity.team else None}
    return user.pk in own or may(user, "activities.plan")


def check(user: Any, activity: Activity) -> None:
    """Raise Refused unless `user` may run the activity; None is the portal itself (a task, the demo)."""
    if user is not None and not leads(user, activity):
        raise Refused(
            _("Only the leader of the activity or the community may do this. Ask them."), code="not_leader"
        )
