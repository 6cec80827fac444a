"""What the ground floor hears from accounts."""

from typing import Any

from django.dispatch import receiver
from django.urls import reverse

from accounts.signals import code_issued, landing_asked, password_asked


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


@receiver(password_asked, dispatch_uid="campaign.password")
def the_admin_needs_a_password(sender: Any, user: Any, **kwargs: Any) -> bool:
    """Who holds an appointment that opens the admin signs in with the password."""
    from campaign.roles import ADMIN_ROLES
    from campaign.scoping import reach_of

    return reach_of(user).may(*ADMIN_ROLES)
