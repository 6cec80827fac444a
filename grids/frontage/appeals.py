"""A shop objects to what was found; another person decides, once."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.errors import Refused
from campaign.once import write_once
from campaign.roles import may
from grids.models import FrontageAppeal, FrontageInspection


def appeal(inspection: FrontageInspection, text: str, *, by: Any) -> FrontageAppeal:
    """Take down the objection of the shop, in its own words; the same words again are the first objection.

    Raises Refused: against what was fulfilled or set aside, after the days of the edition, or a second time.
    """
    text, now = " ".join(text.split()), timezone.now()
    if not may(by, "frontage.keep") or not inspection.is_visible_to(by):
        raise Refused(_("You cannot take down an objection for this shop."), "role")
    if not text or len(text) > 300:
        raise Refused(_("Say in at most 300 signs what the shop objects to."), "text")
    if inspection.status == FrontageInspection.Status.FULFILLED or inspection.set_aside_on:
        raise Refused(_("There is nothing to object to: this check is not held against the shop."), "nothing")
    if timezone.localdate(now) > inspection.day + timedelta(days=inspection.standard.appeal_days):
        raise Refused(
            _("An objection is possible for %(days)d days after the check.")
            % {"days": inspection.standard.appeal_days},
            "too_late",
        )

    def earlier() -> FrontageAppeal | None:
        given = FrontageAppeal.objects.filter(inspection=inspection).first()
        if given and given.text != text:
            raise Refused(_("The shop has objected to this check already."), "twice")
        return given

    def write() -> FrontageAppeal:
        return FrontageAppeal.objects.create(inspection=inspection, text=text, filed_at=now, filed_by=by)

    return earlier() or write_once(write, earlier)


def decide(given: FrontageAppeal, *, upheld: bool, reason: str, by: Any) -> FrontageAppeal:
    """Decide on an objection. Upheld, the check is set aside: the card falls back to the look before it, and the
    record of the check stays. Raises Refused, for one, when the person looked or took the objection down."""
    reason = " ".join(reason.split())
    if not may(by, "frontage.decide") or not given.is_visible_to(by):
        raise Refused(_("You cannot decide on this objection."), "role")
    if not reason or len(reason) > 300:
        raise Refused(_("Say in at most 300 signs why."), "needs_reason")
    decision = FrontageAppeal.Decision.UPHELD if upheld else FrontageAppeal.Decision.REJECTED
    with transaction.atomic():
        look = FrontageInspection.objects.select_for_update(of=("self",)).get(pk=given.inspection_id)
        given = FrontageAppeal.objects.select_for_update(of=("self",)).get(pk=given.pk)
        if given.decision:
            if given.decision == decision:
                return given
            raise Refused(_("This objection was decided already."), "decided")
        if by.pk in (look.inspector_id, given.filed_by_id):
            raise Refused(
                _("Another person has to decide: you made the check or took the objection down."),
                "same_person",
            )
        given.decision, given.reason = decision, reason
        given.decided_by, given.decided_at = by, timezone.now()
        given.save()
        if upheld:
            look.set_aside_on = timezone.localdate()
            look.save(update_fields=["set_aside_on"])
    return given
