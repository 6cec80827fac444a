"""Leave and swap: a patroller asks, the zone's leader consents, then the slots change hands and both are told."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from campaign import outbox
from campaign.errors import Refused
from grids.models import Handover, Patrol, PatrolEvent
from grids.plans import crew_of, may_plan

Moment = datetime.datetime


def ask(
    patrol: Patrol,
    reason: str,
    *,
    by: Any,
    other: Patrol | None = None,
    taker: User | None = None,
    now: Moment | None = None,
) -> Handover:
    """Ask for leave from the own `patrol`, perhaps naming who would take it over; or, with `other`, to swap it for
    a colleague's. Asking again for the same patrol is the first question. Raises Refused."""
    now = now or timezone.now()
    reason = reason.strip()
    if not reason or len(reason) > 120:
        raise Refused(_("Say in a sentence of at most 120 signs why."), "needs_note")
    with transaction.atomic():
        rows = _locked(patrol, other)
        patrol, other = rows[patrol.pk], rows[other.pk] if other else None
        if patrol.patroller_id != by.pk:
            raise Refused(_("You can ask only for a patrol of your own."), "role")
        _refuse_begun(patrol, now)
        if other is not None:
            _refuse_begun(other, now)
            _refuse_pair(patrol, other, by)
            taker = other.patroller
        elif taker is not None:
            _refuse_taker(patrol, taker)
        waiting = Handover.objects.filter(patrol=patrol, state=Handover.State.ASKED).first()
        if waiting is not None:
            return waiting
        return Handover.objects.create(
            patrol=patrol,
            kind=Handover.Kind.SWAP if other else Handover.Kind.LEAVE,
            other=other,
            asked_by=by,
            asked_at=now,
            reason=reason,
            taker=taker,
        )


def take_back(handover: Handover, *, by: Any, now: Moment | None = None) -> Handover:
    """The patroller needs it no longer. Taking back twice is taking back once. Raises Refused."""
    with transaction.atomic():
        handover, _patrol, _other = _asked(handover)
        if handover.asked_by_id != by.pk:
            raise Refused(_("Only who asked can take it back."), "role")
        if handover.state == Handover.State.TAKEN_BACK:
            return handover
        return _decide(handover, Handover.State.TAKEN_BACK, by, "", now or timezone.now())


def refuse(handover: Handover, note: str, *, by: Any, now: Moment | None = None) -> Handover:
    """The leader does not consent, and says why; all stays as it was, and who asked is told. Raises Refused."""
    now = now or timezone.now()
    with transaction.atomic():
        handover, patrol, _other = _asked(handover)
        _refuse_leader(patrol, by)
        if handover.state == Handover.State.REFUSED:
            return handover
        if not note.strip() or len(note.strip()) > 120:
            raise Refused(_("Say in a sentence of at most 120 signs why."), "needs_note")
        _decide(handover, Handover.State.REFUSED, by, note, now)
        _tell(handover.asked_by, _("Your request for %(when)s was not agreed to.") % _when(patrol), handover)
    return handover


def agree(
    handover: Handover, *, by: Any, taker: User | None = None, note: str = "", now: Moment | None = None
) -> Handover:
    """The leader consents: the slots change hands, at once and together, with their history, and both are told.

    A leave needs somebody who takes the patrol over: `taker`, or whom the patroller proposed. Agreeing twice is
    agreeing once. Raises Refused, also when the patrol has begun or changed hands since it was asked.
    """
    now = now or timezone.now()
    with transaction.atomic():
        handover, patrol, other = _asked(handover)
        _refuse_leader(patrol, by)
        if other is not None:
            _refuse_leader(other, by)
        if handover.state == Handover.State.AGREED:
            return handover
        if handover.state != Handover.State.ASKED:
            raise Refused(_("This request was decided already."), "decided")
        if patrol.patroller_id != handover.asked_by_id or (other and other.patroller_id != handover.taker_id):
            raise Refused(_("The patrol has changed hands since this was asked."), "changed")
        _refuse_begun(patrol, now)
        if other is not None:
            _refuse_begun(other, now)
        else:
            handover.taker = taker or handover.taker
            if handover.taker is None:
                raise Refused(_("Name who takes the patrol over."), "needs_taker")
            _refuse_taker(patrol, handover.taker)
        _decide(handover, Handover.State.AGREED, by, note, now)
        _hand(patrol, handover.taker, handover, now)
        if other is not None:
            _hand(other, handover.asked_by, handover, now)
        _tell_both(handover, patrol, other)
    return handover


def to_decide(user: Any) -> QuerySet[Handover]:
    """The requests that wait for this person's consent."""
    waiting = Handover.objects.visible_to(user).filter(state=Handover.State.ASKED)
    return waiting.exclude(asked_by=user.pk)


def next_in_turn(handover: Handover) -> User | None:
    """Whom the rotation of the plan names after the one who asked: proposed where the patroller proposed nobody."""
    turns = sorted(handover.patrol.plan.turns.all(), key=lambda turn: turn.order)
    order = [turn.patroller for turn in turns if turn.patroller_id != handover.asked_by_id]
    later = [turn.order for turn in turns if turn.patroller_id == handover.asked_by_id]
    after = [turn.patroller for turn in turns if later and turn.order > later[0] and turn.patroller in order]
    return (after or order or [None])[0]


def swappable(patrol: Patrol, by: Any, now: Moment | None = None) -> QuerySet[Patrol]:
    """The patrols of colleagues for which `patrol` could be swapped, as far as `by` sees them: of the same zone,
    still to come."""
    now = now or timezone.now()
    rows = Patrol.objects.visible_to(by)
    rows = rows.filter(zone=patrol.zone_id, state=Patrol.State.DUE, starts_at__gt=now)
    rows = rows.exclude(patroller=None).exclude(patroller=patrol.patroller_id)
    rows = rows.filter(answers=None, plan__cross_check=None)
    return rows.select_related("plan", "patroller").order_by("starts_at", "pk")


def named(patrol: Patrol) -> str:
    """A patrol in a line: when, which, whose."""
    moment = date_format(timezone.localtime(patrol.starts_at), "SHORT_DATETIME_FORMAT")
    return f"{moment} · {patrol.plan.name} · {patrol.patroller.name if patrol.patroller else '—'}"


# --- Parts --------------------------------------------------------------------------------------------
def _locked(*patrols: Patrol | None) -> dict[int, Patrol]:
    """The patrols, locked in the order of their keys, so that two swaps of the same pair wait and do not block."""
    rows = Patrol.objects.select_for_update(of=("self",)).select_related("plan", "zone", "patroller")
    keys = [one.pk for one in patrols if one is not None]
    return {row.pk: row for row in rows.filter(pk__in=keys).order_by("pk")}


def _asked(handover: Handover) -> tuple[Handover, Patrol, Patrol | None]:
    """The request with its patrols, patrols locked first: `ask` locks them in the same order."""
    rows = _locked(handover.patrol, handover.other)
    handover = (
        Handover.objects.select_for_update(of=("self",))
        .select_related("asked_by", "taker")
        .get(pk=handover.pk)
    )
    return handover, rows[handover.patrol_id], rows.get(handover.other_id or 0)


def _refuse_leader(patrol: Patrol, by: Any) -> None:
    if not may_plan(patrol, by):
        raise Refused(_("The zone's leader or the street office decides on this."), "role")


def _refuse_begun(patrol: Patrol, now: Moment) -> None:
    if patrol.state != Patrol.State.DUE or patrol.starts_at <= now or patrol.answers.exists():
        raise Refused(_("This patrol has begun or is over: it cannot change hands."), "begun")
    if patrol.plan.cross_check_id:
        raise Refused(_("A cross-check is drawn by lot: it is not changed."), "cross_check")


def _refuse_pair(patrol: Patrol, other: Patrol, by: Any) -> None:
    strange = other.zone_id != patrol.zone_id or not other.is_visible_to(by)
    if strange or other.patroller_id in (None, patrol.patroller_id):
        raise Refused(_("Choose a patrol of a colleague in the same zone."), "other")


def _refuse_taker(patrol: Patrol, taker: User) -> None:
    if taker.pk == patrol.patroller_id or not crew_of(patrol.committee_id).filter(pk=taker.pk).exists():
        raise Refused(_("Name somebody else who is appointed in the street today."), "patroller")


def _decide(handover: Handover, state: str, by: Any, note: str, now: Moment) -> Handover:
    if handover.state != Handover.State.ASKED:
        raise Refused(_("This request was decided already."), "decided")
    handover.state, handover.decided_by, handover.decided_at = state, by, now
    handover.note = note.strip()[:120]
    handover.save()
    return handover


def _hand(patrol: Patrol, taker: Any, handover: Handover, now: Moment) -> None:
    giver = patrol.patroller
    patrol.patroller, patrol.by_hand = taker, True
    patrol.save()
    told = {"giver": giver.name if giver else "—", "taker": taker.name, "reason": handover.reason}
    PatrolEvent.objects.create(
        plan=patrol.plan, patrol=patrol, what=PatrolEvent.What.HANDED_OVER, by=handover.decided_by, at=now,
        note=_("%(giver)s → %(taker)s: %(reason)s") % told,
    )  # fmt: skip


def _tell_both(handover: Handover, patrol: Patrol, other: Patrol | None) -> None:
    gone, come = _when(patrol), _when(other) if other else None
    if come:
        _tell(
            handover.asked_by,
            _("Agreed: instead of %(mine)s you walk %(theirs)s.")
            % {"mine": gone["when"], "theirs": come["when"]},
            handover,
        )
        _tell(
            handover.taker,
            _("Agreed: instead of %(mine)s you walk %(theirs)s.")
            % {"mine": come["when"], "theirs": gone["when"]},
            handover,
        )
    else:
        _tell(handover.asked_by, _("Agreed: you need not walk %(when)s.") % gone, handover)
        _tell(handover.taker, _("You walk %(when)s in place of a colleague.") % gone, handover)


def _when(patrol: Patrol) -> dict[str, str]:
    moment = date_format(timezone.localtime(patrol.starts_at), "SHORT_DATETIME_FORMAT")
    return {"when": _("%(plan)s (%(moment)s)") % {"plan": patrol.plan.name, "moment": moment}}


def _tell(person: Any, text: str, handover: Handover) -> None:
    """By text message, once; on the portal it stands among the person's own requests and patrols."""
    if person is not None and person.phone:
        outbox.post("sms", person.phone, text, key=f"handover-{handover.pk}-{handover.state}-{person.pk}")
