"""What this app hears from below."""

from typing import Any

from django.dispatch import receiver
from django.urls import reverse

from accounts.signals import landing_asked
from campaign.scoping import reach_of


@receiver(landing_asked, dispatch_uid="volunteers.landing")
def land_on_own_page(sender: Any, user: Any, **kwargs: Any) -> str:
    """A volunteer without an appointment begins at the own page."""
    reach = reach_of(user)
    return "" if reach.everything or reach.roles else reverse("volunteers:me")
