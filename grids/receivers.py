"""What this app hears from below."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver
from django.urls import reverse

from accounts.signals import landing_asked
from campaign.models import Committee
from campaign.roles import Role
from campaign.scoping import reach_of
from grids import ladder


@receiver(post_save, sender=Committee, dispatch_uid="grids.ladder")
def begin_with_the_usual_ladder(
    sender: Any, instance: Committee, created: bool, raw: bool, **kwargs: Any
) -> None:
    """A street has a ladder from its first day; the office changes it."""
    if created and not raw:
        ladder.set_up(instance)


@receiver(landing_asked, dispatch_uid="grids.landing")
def land_on_today(sender: Any, user: Any, **kwargs: Any) -> str:
    """Who works outside begins with the day's patrols and cases."""
    reach = reach_of(user)
    outside = reach.roles & {Role.ZONE_LEADER, Role.PATROLLER, Role.LIAISON}
    return reverse("grids:today") if outside and not reach.committees and not reach.communities else ""
