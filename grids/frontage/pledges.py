"""The pledge of a shop: which text is in force, who signed it, who still has to."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.errors import Refused
from campaign.models import Committee
from campaign.roles import may
from grids.frontage.register import answers_for
from grids.models import Merchant, Pledge, PledgeVersion


def version_on(committee: Committee, day: datetime.date) -> PledgeVersion | None:
    """The text that is to be signed on `day`; None when the street has none yet."""
    return PledgeVersion.objects.filter(committee=committee, since__lte=day).order_by("-since").first()


def sign(
    merchant: Merchant, *, by: Any, signed_on: datetime.date | None = None, version: Any = None
) -> Pledge:
    """Note that the shop signed the pledge, by default the text in force on the day; twice is once.

    Raises Refused when the person may not, the day cannot be or the street has no text.
    """
    signed_on = signed_on or timezone.localdate()
    if not may(by, "frontage.keep") or not answers_for(merchant, by):
        raise Refused(_("You cannot enter a pledge for this shop."), "role")
    if signed_on > timezone.localdate():
        raise Refused(_("The day lies in the future."), "future")
    version = version or version_on(merchant.committee, signed_on)
    if version is None or version.committee_id != merchant.committee_id:
        raise Refused(_("No text of the pledge was in force on that day."), "no_version")
    if signed_on < version.since:
        raise Refused(_("This text was not in force on that day."), "not_in_force")
    with transaction.atomic():
        merchant = Merchant.objects.select_for_update(of=("self",)).get(pk=merchant.pk)
        pledge, _made = Pledge.objects.get_or_create(
            merchant=merchant, version=version, defaults={"signed_on": signed_on, "entered_by": by}
        )
        if merchant.pledged_on is None or merchant.pledged_on < pledge.signed_on:
            merchant.pledged_on = pledge.signed_on
            merchant.save(update_fields=["pledged_on"])
    return pledge


def to_pledge(merchants: QuerySet[Merchant], today: datetime.date | None = None) -> QuerySet[Merchant]:
    """Of these shops, those that have not signed the text in force: a new version is signed anew."""
    today = today or timezone.localdate()
    current = PledgeVersion.objects.filter(committee=OuterRef("committee"), since__lte=today).order_by(
        "-since"
    )
    asked = merchants.annotate(current_version=Subquery(current.values("pk")[:1])).exclude(
        current_version=None
    )
    signed = Pledge.objects.filter(merchant=OuterRef("pk"), version=OuterRef("current_version"))
    return asked.filter(~Exists(signed))
