"""A share of what was closed as fixed is looked at again by somebody who had no part in it.

Drawn at the closing, in its transaction: none is forgotten, and none can be drawn twice. The draw is a hash of
the street's key, the case's number and the number of the closing, so that it can be made again by whoever
audits it, and is not known to whoever handles the case.
"""

import hashlib
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.errors import Refused
from campaign.models import Appointment
from campaign.roles import COMMITTEE_WIDE, COMMUNITY_WIDE, Role
from grids.cases.people import roles_in, took_part_in
from grids.models import Case, CaseEvent, CaseRules, Recheck
from grids.workflow import CHECKERS, FIXED

LOTS = 10_000


class Lot(NamedTuple):
    """What a closing drew."""

    number: int
    """0 to 9999: drawn when below a hundred times the percent"""
    seat: int
    """which of the candidates it falls to, counted round"""


def lot_of(key: str, code: str, closing: int) -> Lot:
    """The lot of the case's closing number `closing`, the same whenever it is asked."""
    digest = hashlib.sha256(f"{key}:{code}:{closing}".encode()).digest()
    return Lot(int.from_bytes(digest[:8]) % LOTS, int.from_bytes(digest[8:16]))


def is_drawn(lot: Lot, percent: int) -> bool:
    return lot.number < percent * LOTS // 100


def follow(event: CaseEvent) -> None:
    """What a move that was just made means for the re-checks of its case. Inside the mover's transaction."""
    case = event.case
    due = case.rechecks.filter(state=Recheck.State.DUE)
    if event.move == "recheck_stays":
        due.update(state=Recheck.State.STAYS, done_at=event.at, note=event.note)
    elif event.move == "recheck_reopens":
        due.update(state=Recheck.State.REOPENED, done_at=event.at, note=event.note)
    elif event.from_state in FIXED or case.state in FIXED:
        due.update(state=Recheck.State.LAPSED, done_at=event.at)
    if case.state in FIXED and event.from_state not in FIXED:
        _draw(case, event)


def unfollow(event: CaseEvent) -> None:
    """The move was taken back: what it drew was not drawn, what it ended is due again."""
    rows = event.case.rechecks
    rows.filter(drawn_at=event.at, state=Recheck.State.DUE).delete()
    rows.filter(done_at=event.at).update(state=Recheck.State.DUE, done_at=None, note="")


def _draw(case: Case, event: CaseEvent) -> None:
    rules = _rules(case)
    closing = case.events.filter(to_state__in=FIXED).exclude(from_state__in=FIXED).count()
    lot = lot_of(rules.draw_key, case.code, closing)
    if is_drawn(lot, rules.recheck_percent):
        Recheck.objects.create(
            case=case,
            closing=closing,
            drawn_at=event.at,
            percent=rules.recheck_percent,
            lot=lot.number,
            checker=_seated(case, lot, set()),
        )


def _rules(case: Case) -> CaseRules:
    """The rules in force; a street without any gets a row, for a draw needs a key that stays."""
    rules = CaseRules.of(case.committee_id, timezone.localdate())
    if rules.pk is None:
        rules, _made = CaseRules.objects.get_or_create(
            committee_id=case.committee_id, since=case.committee.since
        )
    return rules


def candidates(case: Case) -> QuerySet[User]:
    """Who may look again: sees the case by appointment, or leads its zone, and had no part in it."""
    held = Appointment.objects.on(timezone.localdate()).filter(committee=case.committee_id)
    of_the_place = CHECKERS & COMMUNITY_WIDE
    in_place = Q(role__in=CHECKERS & COMMITTEE_WIDE) | Q(role__in=of_the_place, community=case.community_id)
    people = Q(pk__in=held.filter(in_place).values("user"))
    if case.zone and case.zone.leader_id:
        people |= Q(pk=case.zone.leader_id)
    return User.objects.filter(people, is_active=True).exclude(pk__in=took_part_in(case)).order_by("pk")


def _seated(case: Case, lot: Lot, passed_over: set[int]) -> User | None:
    seats = list(candidates(case).exclude(pk__in=passed_over))
    return seats[lot.seat % len(seats)] if seats else None


def hand_on(recheck: Recheck, *, by: User) -> Recheck:
    """Give a re-check to the next of the candidates, for one who cannot come; an official's to decide.

    Raises Refused: not the person's to decide, already made, nobody left.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",)).select_related("zone").get(pk=recheck.case_id)
        now_is = Recheck.objects.get(pk=recheck.pk)
        if Role.OFFICIAL not in roles_in(case, by):
            raise Refused(_("This step is not yours to make."), "role")
        if now_is.state != Recheck.State.DUE or case.state not in FIXED:
            raise Refused(_("This re-check is no longer waiting."), "state")
        lot = lot_of(_rules(case).draw_key, case.code, now_is.closing)
        passed_over = {now_is.checker_id} - {None}
        found = _seated(case, lot, passed_over)
        if found is None:
            raise Refused(_("There is nobody else who had no part in the case."), "nobody")
        now_is.checker = found
        now_is.save(update_fields=["checker"])
    return now_is


def due_of(case: Case) -> Recheck | None:
    """The re-check that waits to be made."""
    if case.state not in FIXED:
        return None
    return case.rechecks.filter(state=Recheck.State.DUE).select_related("checker").first()


def may_make(recheck: Recheck, user: User) -> bool:
    """Whether it is this person's: drawn, or of any candidate when nobody could be drawn."""
    return recheck.checker_id in (None, user.pk)


def waiting_for(user: User) -> QuerySet[Recheck]:
    """The re-checks that wait for the person."""
    return Recheck.objects.filter(checker=user.pk, state=Recheck.State.DUE, case__state__in=FIXED)
