"""Looking at a frontage: items of an edition, a score, a status by rule, a day to put it right, a re-check."""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.errors import Refused
from campaign.models import Committee
from campaign.once import write_once
from campaign.roles import may
from grids.frontage.cards import latest_statuses, status_of
from grids.models import FrontageFinding, FrontageInspection, FrontageItem, FrontageStandard, Merchant

YES, NO, NOT_APPLICABLE = "yes", FrontageFinding.Value.NO, FrontageFinding.Value.NOT_APPLICABLE
LONGEST_GRACE = timedelta(days=60)
"""how far away the day may lie until which a shop puts things right"""


@dataclass(frozen=True)
class Verdict:
    """What the answers come to."""

    score: int
    full_score: int
    status: str


def standard_on(committee: Committee, day: datetime.date) -> FrontageStandard | None:
    """The edition of items in force on `day`; None when the street has none yet."""
    return FrontageStandard.objects.filter(committee=committee, since__lte=day).order_by("-since").first()


def items_on(committee: Committee, day: datetime.date) -> list[FrontageItem]:
    """The items to be looked at on `day`, duty by duty."""
    standard = standard_on(committee, day)
    return list(standard.items.select_related("duty").order_by("order", "pk")) if standard else []


def judge(standard: FrontageStandard, answers: Mapping[FrontageItem, str]) -> Verdict:
    """The rule: fulfilled from `pass_percent` of the full score of the items that apply, and no veto failed.

    A failed veto brings the score to nought. Raises Refused when no item applies.
    """
    full = sum(item.full_score for item, value in answers.items() if value != NOT_APPLICABLE)
    if not full:
        raise Refused(_("At least one item has to apply."), "nothing_applies")
    vetoed = any(item.veto and value == NO for item, value in answers.items())
    score = 0 if vetoed else sum(item.full_score for item, value in answers.items() if value == YES)
    kept = not vetoed and score * 100 >= standard.pass_percent * full
    status = FrontageInspection.Status
    return Verdict(score, full, status.FULFILLED if kept else status.UNFULFILLED)


def inspect(
    merchant: Merchant,
    answers: Mapping[int, str],
    *,
    by: Any,
    day: datetime.date | None = None,
    note: str = "",
    rectify_by: datetime.date | None = None,
    form_key: uuid.UUID | None = None,
) -> FrontageInspection:
    """Put one look at a shop's frontage on record; the same `form_key` again is the first.

    `answers` says "yes", "no" or "na" for every item (by key) of the edition in force on `day`. What is not
    fulfilled has a day until which it is put right, by default that of the edition; the look that follows is
    its re-check. Raises Refused when the person may not, the day cannot be or an answer is missing,
    ValidationError for a note that is too long.
    """
    day = day or timezone.localdate()
    if not may(by, "frontage.inspect") or not merchant.is_visible_to(by):
        raise Refused(_("You cannot inspect this shop."), "role")
    if day > timezone.localdate():
        raise Refused(_("The day lies in the future."), "future")
    if day < merchant.since or (merchant.until and day >= merchant.until):
        raise Refused(_("The shop was not on file on that day."), "not_on_file")
    if first := _inspected_before(form_key, merchant):
        return first
    standard, said = _read(merchant.committee, day, answers)
    verdict = judge(standard, said)
    look = FrontageInspection(
        merchant=merchant,
        standard=standard,
        day=day,
        score=verdict.score,
        full_score=verdict.full_score,
        status=verdict.status,
        valid_until=day + timedelta(days=standard.valid_days),
        rectify_by=_until_when(standard, verdict, day, rectify_by),
        note=note.strip(),
        inspector=by,
        form_key=form_key,
    )
    look.clean_fields(exclude=["merchant", "inspector", "standard"])

    def write() -> FrontageInspection:
        # Two looks at one shop take turns, so that each knows the one before it.
        locked = Merchant.objects.select_for_update(of=("self",)).get(pk=merchant.pk)
        before = status_of(locked, day)
        if before and before.status == FrontageInspection.Status.UNFULFILLED:
            look.recheck_of = before
        look.save()
        FrontageFinding.objects.bulk_create(
            FrontageFinding(inspection=look, item=item, value=value)
            for item, value in said.items()
            if value != YES
        )
        return look

    return write_once(write, lambda: _inspected_before(form_key, merchant))


def _read(
    committee: Committee, day: datetime.date, answers: Mapping[int, str]
) -> tuple[FrontageStandard, dict[FrontageItem, str]]:
    """The edition of the day, and each of its items with its answer."""
    standard = standard_on(committee, day)
    items = items_on(committee, day)
    if standard is None or not items:
        raise Refused(
            _("The street has no items for the shop door on this day. The office enters them."), "no_standard"
        )
    if unknown := set(answers) - {item.pk for item in items}:
        raise Refused(
            _("%(count)d of the answered items do not belong to the edition in force.")
            % {"count": len(unknown)},
            "foreign",
        )
    said = {item: str(answers.get(item.pk, "")) for item in items}
    if missing := [item.text for item, value in said.items() if value not in (YES, NO, NOT_APPLICABLE)]:
        raise Refused(
            _("Still without an answer: %(items)s.") % {"items": _(", ").join(missing)}, "incomplete"
        )
    return standard, said


def _until_when(
    standard: FrontageStandard, verdict: Verdict, day: datetime.date, wanted: datetime.date | None
) -> datetime.date | None:
    """Until when it is to be put right; None when there is nothing to put right."""
    if verdict.status == FrontageInspection.Status.FULFILLED:
        return None
    if wanted is None:
        return day + timedelta(days=standard.rectify_days)
    if not day <= wanted <= day + LONGEST_GRACE:
        raise Refused(_("Choose a day within 60 days of the check for putting it right."), "rectify_by")
    return wanted


def _inspected_before(form_key: uuid.UUID | None, merchant: Merchant) -> FrontageInspection | None:
    look = FrontageInspection.objects.filter(form_key=form_key).first() if form_key else None
    if look and look.merchant_id != merchant.pk:
        raise Refused(_("This form was used for another shop. Open the page anew."), "form_key")
    return look


def to_recheck(merchants: QuerySet[Merchant], today: datetime.date | None = None) -> QuerySet[Merchant]:
    """Of these shops, those whose day for putting it right has come and where nobody has looked again."""
    today = today or timezone.localdate()
    late = Q(latest_status=FrontageInspection.Status.UNFULFILLED, latest_rectify_by__lte=today)
    return latest_statuses(merchants).filter(late)
