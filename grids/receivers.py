"""What this app hears from below."""

from typing import Any

from django.dispatch import receiver
from django.urls import reverse

from accounts.signals import landing_asked
from campaign.roles import Role
from campaign.scoping import reach_of


@receiver(landing_asked, dispatch_uid="grids.landing")
def land_on_today(sender: Any, user: Any, **kwargs: Any) -> str:
    """Who works outside begins with the day's patrols and cases."""
    reach = reach_of(user)
    outside = reach.roles & {Role.ZONE_LEADER, Role.PATROLLER, Role.LIAISON}
    return reverse("grids:today") if outside and not reach.committees and not reach.communities else ""
