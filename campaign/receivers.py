"""What the ground floor hears from accounts."""

from typing import Any

from django.dispatch import receiver

from accounts.signals import code_issued


@receiver(code_issued, dispatch_uid="campaign.send_code")
def send_code(sender: Any, phone: str, code: str, **kwargs: Any) -> None:
    """Put a one-time code into the outbox, in the transaction that stored its digest."""
    from campaign import outbox

    outbox.post_code(phone, code)
