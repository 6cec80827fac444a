"""What the ground floor hears from accounts."""

from typing import Any

from django.dispatch import receiver
from django.urls import reverse

from accounts.signals import code_issued, landing_asked


@receiver(code_issued, dispatch_uid="campaign.send_code")
def send_code(sender: Any, phone: str, code: str, **kwargs: Any) -> None:
    """Put a one-time code into the outbox, in the transaction that stored its digest."""
    from campaign import outbox

    outbox.post_code(phone, code)


@receiver(landing_asked, dispatch_uid="campaign.landing")
def land_on_the_dashboard(sender: Any, user: Any, **kwargs: Any) -> str:
    """Officials, secretaries and clerks begin at the dashboard."""
    from campaign.roles import may

    return reverse("campaign:dashboard") if may(user, "dashboard.see") else ""
