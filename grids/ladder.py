"""The ladder of a street: whom a deadline that comes near or has passed is told to, once a rung, and who took note.

The sweep looks at the cases whose `clock_at` has come and at no others, locked and in batches; each batch is one
transaction, so a worker that is killed leaves whole batches or none. The rung is unique on case, run and rung.
People are told when nothing is left to look at: after a standstill of any length each hears once.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign import outbox
from campaign.calendar import remembering
from campaign.errors import Refused
from campaign.models import Appointment, Committee
from campaign.roles import Role
from grids import clocks
from grids.cases.writing import records_of
from grids.models import Case, ClockRecord, Digest, Escalation, LadderRung, Reminder
from grids.months import Months
from grids.workflow import OPEN, State

Moment = datetime.datetime
Clock, To = LadderRung.Clock, LadderRung.To

AT_ONCE = 200
"""cases looked at in one transaction"""
PART = 5000
REACH = timedelta(days=120)
"""of working days read on either side of the deadlines; what lies further off is asked for by itself"""
REST = timedelta(minutes=30)
"""between two digests to the same person"""

UPWARDS = (To.HANDLER, To.ZONE_LEADER, To.SECRETARY, To.OFFICE)

USUAL = (
    (Clock.RESPONSE, 100, 0, To.HANDLER),
    (Clock.RESPONSE, 100, 4, To.ZONE_LEADER),
    (Clock.FIX, 80, 0, To.HANDLER),
    (Clock.FIX, 100, 0, To.ZONE_LEADER),
    (Clock.FIX, 100, 8, To.SECRETARY),
    (Clock.FIX, 100, 24, To.OFFICE),
)
"""the ladder with which a street begins: clock, percent of the limit, hours later, who hears of it"""


# --- The rungs ------------------------------------------------------------------------------------
def set_up(committee: Committee) -> None:
    """Give a street the usual ladder, unless it has one."""
    if not LadderRung.objects.filter(committee=committee).exists():
        LadderRung.objects.bulk_create(
            LadderRung(committee=committee, clock=clock, percent=percent, hours=hours, to=to)
            for clock, percent, hours, to in USUAL
        )


@transaction.atomic
def set_rung(rung: LadderRung, now: Moment | None = None) -> None:
    """Store a rung, and look at the street's running clocks anew: what it already reached, it reaches now."""
    rung.full_clean()
    rung.save()
    running = Case._base_manager.filter(committee=rung.committee_id, state__in=clocks.RUNNING)
    running.exclude(due_at=None).update(clock_at=now or timezone.now())


def rung_at(case: Case, rung: LadderRung) -> Moment | None:
    """When the case reaches the rung if nothing changes; None when that clock does not run for it."""
    if rung.clock == Clock.RESPONSE:
        limit, due = clocks.response_limit(case), case.response_due_at
        due = None if case.responded_at else due
    else:
        limit, due = clocks.fix_limit(case), case.due_at
    if due is None:
        return None
    at = clocks.at_percent(limit, due, rung.percent)
    return limit.later(at, timedelta(hours=rung.hours)) if rung.hours else at


def run_of(case: Case, rung: LadderRung) -> int:
    """The run in which the case reaches the rung once."""
    return case.response_run if rung.clock == Clock.RESPONSE else case.clock_run


# --- Climbing -------------------------------------------------------------------------------------
def climb(now: Moment | None = None, limit: int = AT_ONCE) -> int:
    """Look at up to `limit` cases whose clock asks for it; any number of workers may. Returns how many it were."""
    now = now or timezone.now()
    with transaction.atomic():
        due = Case.objects.filter(clock_at__lte=now).order_by("clock_at")
        taken = due.select_for_update(skip_locked=True, of=("self",)).select_related("zone")
        cases = list(taken[:limit])
        if cases:
            # The working days are read once for the batch, as far as its limits can reach.
            days = [
                timezone.localdate(at) for case in cases for at in (case.due_at, case.response_due_at) if at
            ]
            days.append(timezone.localdate(now))
            with remembering(min(days) - REACH, max(days) + REACH):
                _look(cases, now)
    return len(cases)


def _look(cases: Sequence[Case], now: Moment) -> None:
    """Put on record what came due, write the rungs that were reached, and when to look again."""
    streets = {case.committee_id for case in cases}
    rungs = _by_street(LadderRung.objects.filter(committee__in=streets, in_use=True))
    months = _months(streets)
    keys = [case.pk for case in cases]
    climbed = set(Escalation.objects.filter(case__in=keys).values_list("case", "run", "rung"))
    known = set(ClockRecord.objects.filter(case__in=keys).values_list("case", "run", "kind"))
    people = People(streets, timezone.localdate(now))
    reached: list[Escalation] = []
    records: list[ClockRecord] = []
    for case in cases:
        if case.state not in clocks.RUNNING:
            case.clock_at = None
            continue
        records += [
            record
            for record in records_of(case, now, months[case.committee_id])
            if (case.pk, record.run, record.kind) not in known
        ]
        coming = [at for at in (case.due_at, None if case.responded_at else case.response_due_at) if at]
        for rung in rungs[case.committee_id]:
            if (case.pk, run_of(case, rung), rung.pk) in climbed or (at := rung_at(case, rung)) is None:
                continue
            coming.append(at)
            if at <= now:
                reached.append(_escalation(case, rung, at, now, people))
        case.clock_at = min((at for at in coming if at > now), default=None)
    if records:
        ClockRecord.objects.bulk_create(records, ignore_conflicts=True)
    Escalation.objects.bulk_create(reached)
    Reminder.objects.bulk_create(
        Reminder(escalation=row, person_id=person)
        for row in reached
        for person in people.of(row.case, row.reached)
    )
    # Not through the counting manager: no figure looks at this column.
    Case._base_manager.bulk_update(cases, ["clock_at"])


def _escalation(case: Case, rung: LadderRung, at: Moment, now: Moment, people: "People") -> Escalation:
    due = case.response_due_at if rung.clock == Clock.RESPONSE else case.due_at
    return Escalation(
        case=case, rung=rung, run=run_of(case, rung), reached=people.reached(case, rung.to), rung_at=at,
        due_at=due, made_at=now,
    )  # fmt: skip


def _by_street(rungs: Iterable[LadderRung]) -> dict[int, list[LadderRung]]:
    found: dict[int, list[LadderRung]] = defaultdict(list)
    for rung in rungs:
        found[rung.committee_id].append(rung)
    return found


def _months(streets: Iterable[int]) -> dict[int, Months]:
    from grids.models import ClockSetting

    rows: dict[int, list[ClockSetting]] = {street: [] for street in streets}
    for setting in ClockSetting.objects.filter(committee__in=rows):
        rows[setting.committee_id].append(setting)
    return {street: Months(settings) for street, settings in rows.items()}


@dataclass
class People:
    """Who stands on which rung for a case, by today's appointments: read once for a batch."""

    streets: set[int]
    today: datetime.date

    def __post_init__(self) -> None:
        self._held: dict[tuple[str, int | None], list[int]] = defaultdict(list)
        place = {Role.LIAISON: "unit_id", Role.SECRETARY: "community_id", Role.OFFICIAL: "committee_id"}
        standing = Q(until=None) | Q(until__gt=self.today)
        held = Appointment.objects.filter(
            standing, committee__in=self.streets, role__in=place, since__lte=self.today, user__is_active=True
        )
        for row in held.order_by("user"):
            key = (row.role, getattr(row, place[Role(row.role)]))
            if row.user_id not in self._held[key]:
                self._held[key].append(row.user_id)

    def of(self, case: Case, to: str) -> list[int]:
        """The accounts that hear of it there; none when nobody holds that post."""
        if to == To.HANDLER:
            if case.state == State.HANDLED:
                return []  # the work is done; whoever verifies stands further up
            return [case.handler_id] if case.handler_id else self._held[Role.LIAISON, case.unit_id]
        if to == To.ZONE_LEADER:
            return [case.zone.leader_id] if case.zone and case.zone.leader_id else []
        if to == To.SECRETARY:
            return self._held[Role.SECRETARY, case.community_id]
        return self._held[Role.OFFICIAL, case.committee_id]

    def reached(self, case: Case, to: str) -> str:
        """Where it goes: the rung's own people or, where there are none, the next ones up."""
        above = UPWARDS[UPWARDS.index(To(to)) :]
        return next((one for one in above if self.of(case, one)), To.OFFICE)


# --- Telling --------------------------------------------------------------------------------------
def tell(now: Moment | None = None) -> int:
    """One digest to everybody who has not been told of a reminder yet; nothing while the sweep is under way.

    Returns how many people were told.
    """
    now = now or timezone.now()
    if Case.objects.filter(clock_at__lte=now).exists():
        return 0  # another worker is still at it: whoever comes last tells
    waiting = Reminder.objects.filter(digest=None).exclude(
        person__in=Digest.objects.filter(made_at__gt=now - REST).values("person")
    )
    people = waiting.order_by().values_list("person", "escalation__case__committee").distinct()
    return sum(_tell(person, committee, now) for person, committee in list(people))


@transaction.atomic
def _tell(person: int, committee: int, now: Moment) -> bool:
    untold = Reminder.objects.filter(person=person, digest=None, escalation__case__committee=committee)
    locked = set(untold.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    case_of = {pk: case for pk, case in untold.values_list("pk", "escalation__case") if pk in locked}
    # The cases are held until this is written, so none is told of after its end.
    due = {}
    for some in _parts(set(case_of.values())):
        held = Case.objects.filter(pk__in=some, state__in=OPEN).order_by("pk").select_for_update(of=("self",))
        due.update(held.values_list("pk", "due_at"))
    for some in _parts(pk for pk, case in case_of.items() if case not in due):
        Reminder.objects.filter(pk__in=some).delete()  # nobody was told
    if not due:
        return False
    digest = Digest.objects.create(committee_id=committee, person_id=person, made_at=now, cases=len(due))
    for some in _parts(pk for pk, case in case_of.items() if case in due):
        Reminder.objects.filter(pk__in=some).update(digest=digest)
    _post(digest, sum(1 for at in due.values() if at and at < now))
    return True


def _parts(keys: Iterable[int]) -> Iterator[list[int]]:
    """Keys in their order, in parts that a database takes as parameters."""
    ordered = sorted(keys)
    for begin in range(0, len(ordered), PART):
        yield ordered[begin : begin + PART]


def _post(digest: Digest, late: int) -> None:
    """By text message, if there is a gateway: how many, never which or whose."""
    text = ngettext(
        "%(count)d case needs you, %(late)d past the limit. See “Reminders” in the portal.",
        "%(count)d cases need you, %(late)d past the limit. See “Reminders” in the portal.",
        digest.cases,
    )
    text %= {"count": digest.cases, "late": late}
    outbox.post("sms", digest.person.phone, text, key=f"digest-{digest.pk}")


# --- Receipts -------------------------------------------------------------------------------------
def waiting_for(user: Any) -> Any:
    """The last reminder of each case that is still open and of which the person has not taken note."""
    mine = Reminder.objects.filter(person=user.pk, acknowledged_at=None)
    later = mine.filter(escalation__case=OuterRef("escalation__case"), pk__gt=OuterRef("pk"))
    return mine.filter(~Exists(later), escalation__case__state__in=OPEN)


def see(user: Any, reminders: Iterable[int], now: Moment | None = None) -> None:
    """The person has these reminders on the screen: what was not seen yet, is seen now."""
    shown = Reminder.objects.filter(person=user.pk, pk__in=list(reminders), seen_at=None)
    shown.update(seen_at=now or timezone.now())


def acknowledge(user: Any, reminders: Iterable[int], now: Moment | None = None) -> int:
    """The person takes note of these reminders and of the earlier ones of the same cases; twice is once.

    Returns of how many cases there was something new in it.
    """
    now = now or timezone.now()
    mine = Reminder.objects.filter(person=user.pk, acknowledged_at=None)
    last = dict(mine.filter(pk__in=list(reminders)).order_by("pk").values_list("escalation__case", "pk"))
    noted = [
        pk
        for pk, case in mine.filter(escalation__case__in=last).values_list("pk", "escalation__case")
        if pk <= last[case]
    ]
    mine.filter(pk__in=noted, seen_at=None).update(seen_at=now)
    mine.filter(pk__in=noted).update(acknowledged_at=now)
    return len(last)


def acknowledge_one(reminder: Reminder, *, by: Any) -> None:
    """As `acknowledge`, of one that is named. Raises Refused for another person's: a receipt is one's own."""
    if reminder.person_id != by.pk:
        raise Refused(_("This reminder was for someone else."), "not_yours")
    acknowledge(by, [reminder.pk])
