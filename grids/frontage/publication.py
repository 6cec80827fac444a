"""Whether the public sees a shop's card. Nothing about a private shop is shown unless somebody decided so."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.errors import Refused
from campaign.roles import may
from grids.frontage.register import answers_for
from grids.models import Merchant, Publication


def publish(merchant: Merchant, *, by: Any, because: str = "") -> Merchant:
    """Approve that the public sees the shop's card and duties. Who and when is kept; twice is once."""
    return _settle(merchant, shown=True, by=by, because=because)


def withdraw(merchant: Merchant, *, by: Any, because: str) -> Merchant:
    """The public sees the shop no longer: its page is not found. Raises Refused without a reason."""
    if not because.strip():
        raise Refused(_("Say why the card is taken from the public."), "needs_reason")
    return _settle(merchant, shown=False, by=by, because=because)


def _settle(merchant: Merchant, *, shown: bool, by: Any, because: str) -> Merchant:
    if not may(by, "frontage.publish") or not answers_for(merchant, by):
        raise Refused(_("Only the street office decides what the public sees of a shop."), "role")
    if len(because.strip()) > 200:
        raise Refused(_("The reason is too long: at most 200 signs."), "too_long")
    with transaction.atomic():
        merchant = Merchant.objects.select_for_update(of=("self",)).get(pk=merchant.pk)
        if shown and merchant.until and merchant.until <= timezone.localdate():
            raise Refused(_("The shop is no longer on file."), "not_on_file")
        if merchant.is_public != shown:
            merchant.is_public = shown
            merchant.save(update_fields=["is_public"])
            Publication.objects.create(
                merchant=merchant, shown=shown, because=because.strip(), by=by, at=timezone.now()
            )
    return merchant
