"""The streets' part of the demo year: zones, points, a year of patrols with findings and cases, shops, visits.

Cases of the past are walked through their states by `cases.step`, the same code that moves a case today, and
slots come from `patrols.slots`; so the rows are as if the year had been lived. Written in bulk, without marks:
the loading command counts everything at its end.
"""

import datetime
import io
import random
from collections.abc import Callable, Iterable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, NamedTuple

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Model, QuerySet
from django.utils import timezone

from campaign import photos, spoken
from campaign.calendar import add_working_hours, remembering
from campaign.huguo import portions
from campaign.models import Appointment, Community, Unit
from campaign.recurrence import SHANGHAI
from campaign.roles import Role
from grids import (
    cases,
    categories,
    crosschecks,
    handovers,
    huguo_calls,
    huguo_desk,
    huguo_frontage,
    huguo_pictures,
    huguo_points,
    ladder,
    patrols,
)
from grids import huguo_cards as words
from grids.models import (
    Answer,
    Case,
    CaseApplication,
    CaseCategory,
    CaseEvent,
    CasePhoto,
    CaseRoute,
    CaseRules,
    ChecklistItem,
    ClockRecord,
    HealthReport,
    Patrol,
    PatrolPlan,
    PlanTurn,
    Point,
    Recheck,
    VisitBatch,
    VisitRound,
    Zone,
)
from grids.months import Months
from grids.workflow import MOVES, REPORT, State

Day = datetime.date
Moment = datetime.datetime
Say = Callable[[object], None]

RESIDENTS_VISITED, FIRMS_VISITED = 210_000, 18_700
VISITS_FIRST, VISITS_LAST = (1, 27), (6, 30)
ASKED = "请问具体在哪一侧？附近有什么标志？"
USUAL_MONTHS = Months([])
OTHER_CASES = 330  # of the year, from residents and the office; patrols find the rest
MISSED_SHARE = 0.05
PRESENT_DAYS = 20  # days before today on which the present's plans begin


def load(street: SimpleNamespace, rng: random.Random, say: Say) -> None:
    """Write the streets' year 2020 and their present. Deterministic for a seed, except for today."""
    street.now = timezone.now()
    street.first, street.last = Day(street.year, 1, 1), Day(street.year, 12, 31)
    street.pictures = _Pictures()
    street.liaison_of, street.secretary_of = _liaisons(street), _secretaries(street)
    _add_categories(street)
    huguo_points.add_cards(street)
    _add_zones(street)
    huguo_points.add_points(street, rng)
    say(f"责任区 {len(street.zones)} 个，点位 {len(street.points)} 个")
    with remembering(street.first - timedelta(days=400), street.today + timedelta(days=800)):
        walked = _add_year(street, rng)
    say(f"{street.year} 年巡查 {walked.patrols} 次，案件 {walked.cases} 件")
    shops = huguo_frontage.load(street, rng)
    say(f"商户 {shops.merchants} 家，检查 {shops.inspections} 次")
    _add_visits(street, rng)
    say(f"走访与日报，专项行动检查 {huguo_points.add_checks(street, rng)} 次")
    with remembering(street.first - timedelta(days=400), street.today + timedelta(days=800)):
        walked = _add_present(street, rng)
        called = huguo_calls.load(street, rng)
        huguo_desk.load(street)
    say(f"诉求 {called.requests} 件，吹哨 {called.whistles} 次")
    say(f"眼下的巡查 {walked.patrols} 次，案件 {walked.cases} 件")


def _write(model: type[Model], rows: Iterable[Any]) -> list[Any]:
    """Insert rows in bulk, past the marks."""
    return QuerySet(model=model).bulk_create(rows, batch_size=2000)


def _liaisons(street: SimpleNamespace) -> dict[int, Any]:
    held = Appointment.objects.filter(committee=street.committee, role=Role.LIAISON).select_related("user")
    return {one.unit_id: one.user for one in held.order_by("-pk")}


def _secretaries(street: SimpleNamespace) -> dict[int, Any]:
    held = Appointment.objects.filter(committee=street.committee, role=Role.SECRETARY).select_related("user")
    return {one.community_id: one.user for one in held.order_by("-pk")}


# --- What patrols look at ---------------------------------------------------------------------------
def _add_categories(street: SimpleNamespace) -> None:
    rows = categories.starter(street.committee)
    for row in rows:
        department = words.CATEGORIES.get(row.code, (words.DEPARTMENTS_BY_CLASS[row.code[:2]],))[0]
        row.unit = street.departments[department]
    street.categories = {row.code: row for row in _write(CaseCategory, rows)}
    rules = CaseRules(committee=street.committee, since=street.first, draw_key=f"demo-{street.year}")
    (street.rules,) = _write(CaseRules, [rules])
    street.said = {code: said for code, (_department, said) in words.CATEGORIES.items()}
    _write(
        CaseRoute,
        [
            CaseRoute(
                committee=street.committee,
                category=street.categories[code],
                community=street.communities[place],
                unit=street.departments[department],
            )
            for code, place, department in words.ROUTES
        ],
    )
    street.unit_at = {
        (street.categories[code].pk, street.communities[place].pk): street.departments[department]
        for code, place, department in words.ROUTES
    }


def _add_zones(street: SimpleNamespace) -> None:
    street.zones = []
    for number, (name, places) in enumerate(words.ZONES, 1):
        communities = [street.communities[place] for place in places]
        zone = Zone.objects.create(
            committee=street.committee,
            number=number,
            name=name,
            leader=street.users.zone_leaders[number - 1],
            deputy_director_at=communities[0],
            boundary=huguo_points.sketch(places),
            since=street.first,
        )
        zone.communities.set(communities)
        street.zones.append(zone)
    street.zone_at = {
        place: next(
            zone for zone, (_name, places) in zip(street.zones, words.ZONES, strict=True) if place in places
        )
        for place in words.STREETS
    }


# --- Plans ------------------------------------------------------------------------------------------
def _plans(street: SimpleNamespace, year: int, first: Day, last: Day | None) -> list[PatrolPlan]:
    """Fourteen: a daily one a zone, one on working days a community, and the week's health action."""
    people = street.users.patrollers
    made = []
    for zone, (_name, places) in zip(street.zones, words.ZONES, strict=True):
        points = [
            point for point in street.points if point.zone_id == zone.pk and point.type.code == "main-street"
        ]
        made.append(
            _plan(
                street,
                zone,
                places[0],
                f"{year}年{zone.name}主次干道日巡",
                "main-street",
                points[:3],
                first,
                last,
            )
        )
    for place, community in street.communities.items():
        code = "lane" if len(place) == 3 else "quarter"
        points = street.points_at[community.pk, code]
        name = f"{year}年{community.name}{street.types[code].name}巡查"
        made.append(_plan(street, street.zone_at[place], place, name, code, points, first, last))
    square = "南屏街" if "南屏街" in street.communities else next(iter(street.communities))
    points = street.points_at[street.communities[square].pk, "toilet"]
    points = points + street.points_at[street.communities[square].pk, "refuse-point"]
    made.append(
        _plan(street, street.zone_at[square], square, f"{year}年爱国卫生周查", "", points, first, last)
    )
    turns = []
    for number, plan in enumerate(made):
        own = [people[(number * 2) % len(people)], people[(number * 2 + 1) % len(people)]]
        own = own[:1] if number == 0 else own  # so that the demo's patroller walks every day
        turns += [PlanTurn(plan=plan, order=order, patroller=user) for order, user in enumerate(own)]
    _write(PlanTurn, turns)
    return made


def _plan(
    street: SimpleNamespace,
    zone: Zone,
    place: str,
    name: str,
    code: str,
    points: list[Point],
    first: Day,
    last: Day | None,
) -> PatrolPlan:
    daily, weekly = code == "main-street", code == ""
    plan = PatrolPlan.objects.create(
        committee=street.committee,
        community=street.communities[place],
        zone=zone,
        name=name,
        checklist=street.actions[0 if first.year == street.year else 7] if weekly else street.cards[code],
        rule="FREQ=WEEKLY;BYDAY=FR" if weekly else "FREQ=DAILY",
        holidays="keep" if daily or weekly else "skip",
        first_day=first,
        last_day=last,
        start_time=datetime.time(8, 0) if daily else datetime.time(9, 0),
        window_minutes=840 if daily else 480,
    )
    plan.points.set(points)
    plan.walked = points
    return plan


# --- Patrols, findings, cases -------------------------------------------------------------------------
class _Seen(NamedTuple):
    """An answer of the past. There are so many of them that they are not made into objects of the model."""

    patrol: Patrol
    point: Point
    item: ChecklistItem
    at: Moment
    value: str = "yes"
    note: str = ""
    fixed_on_spot: bool = False
    case: Case | None = None


def _write_answers(answers: list[_Seen]) -> None:
    names = "patrol_id, point_id, item_id, value, faults, note, fixed_on_spot, case_id, answered_at, day"
    moment, date = connection.ops.adapt_datetimefield_value, connection.ops.adapt_datefield_value
    rows = [
        (
            seen.patrol.pk,
            seen.point.pk,
            seen.item.pk,
            seen.value,
            1,
            seen.note,
            seen.fixed_on_spot,
            seen.case.pk if seen.case else None,
            moment(seen.at),
            date(seen.patrol.day),
        )
        for seen in answers
    ]
    with connection.cursor() as cursor:
        for begin in range(0, len(rows), 5000):
            part = rows[begin : begin + 5000]
            cursor.executemany(
                f"INSERT INTO {Answer._meta.db_table} ({names}) VALUES ({', '.join(['%s'] * 10)})",  # noqa: S608
                part,
            )


class _Book:
    """Rows that wait to be written, in the order of their foreign keys."""

    def __init__(self) -> None:
        self.patrols: list[Patrol] = []
        self.answers: list[_Seen] = []
        self.cases: list[Case] = []
        self.events: list[CaseEvent] = []
        self.photos: list[CasePhoto] = []
        self.applications: list[CaseApplication] = []
        self.rechecks: list[Recheck] = []
        self.records: dict[tuple[int, int, str], ClockRecord] = {}

    def note(self, case: Case, at: Moment) -> None:
        """What the case's clocks have to put on record by then, each once."""
        for record in cases.records_of(case, at, USUAL_MONTHS):
            self.records.setdefault((id(case), record.run, record.kind), record)

    def write(self) -> SimpleNamespace:
        _write(Patrol, self.patrols)
        _write(Case, [case for case in self.cases if case.merged_into is None])
        repeated = [case for case in self.cases if case.merged_into is not None]
        for case in repeated:
            case.merged_into_id = case.merged_into.pk
        _write(Case, repeated)
        papers = (*self.applications, *self.rechecks, *self.records.values())
        for row in (*self.events, *self.photos, *papers):
            row.case_id = row.case.pk
        _write_answers(self.answers)
        _write(CaseEvent, self.events)
        _write(ClockRecord, list(self.records.values()))
        _write(CasePhoto, self.photos)
        _write(CaseApplication, self.applications)
        _write(Recheck, self.rechecks)
        return SimpleNamespace(patrols=len(self.patrols), cases=len(self.cases))


def _add_year(street: SimpleNamespace, rng: random.Random) -> SimpleNamespace:
    book = _Book()
    plans = _plans(street, street.year, street.first, street.last)
    settled = _at(street.last, 24) + timedelta(days=120)  # December's cases are closed in the new year
    for plan in plans:
        _walk(street, rng, book, plan, street.first, street.last, until=settled)
    PatrolPlan.objects.filter(pk__in=[plan.pk for plan in plans]).update(filled_until=street.last)
    for _number in range(OTHER_CASES):
        day = street.first + timedelta(days=rng.randrange(360))
        _other_case(street, rng, book, _at(day, rng.uniform(8, 19)), until=settled)
    return book.write()


def _add_present(street: SimpleNamespace, rng: random.Random) -> SimpleNamespace:
    """The last weeks up to now: patrols, cases as far as they have come, and the coming fortnight's slots."""
    book = _Book()
    first, today = street.today - timedelta(days=PRESENT_DAYS), street.today
    plans = _plans(street, today.year, first, None)
    for plan in plans:
        _walk(street, rng, book, plan, first, today, until=street.now)
    PatrolPlan.objects.filter(pk__in=[plan.pk for plan in plans]).update(filled_until=today)
    for back in (9, 7, 6, 5, 4, 3, 2, 2, 1, 1, 1):
        _other_case(
            street, rng, book, street.now - timedelta(days=back, hours=rng.uniform(0, 3)), until=street.now
        )
    written = book.write()
    _open_cases(street, rng)
    while ladder.climb(street.now):
        pass
    ladder.tell(street.now)
    patrols.schedule()
    _add_rosters(street, plans[len(street.zones)], rng)
    return written


def _add_rosters(street: SimpleNamespace, plan: PatrolPlan, rng: random.Random) -> None:
    """A leave that waits, a swap that was agreed to, a cross-check that is done and one to come."""
    tomorrow = street.today + timedelta(days=1)
    first, second, third = plan.patrols.filter(state=Patrol.State.DUE, day__gt=tomorrow).order_by(
        "starts_at"
    )[:3]
    handovers.ask(third, "带孩子看病", by=third.patroller, now=street.now)
    swap = handovers.ask(first, "参加社区培训", by=first.patroller, other=second, now=street.now)
    handovers.agree(swap, by=street.users.official, now=street.now)
    card = street.cards["lane"]
    for days, title, seed in ((-4, "第一轮交叉互查", 2020), (2, "第二轮交叉互查", 1120)):
        day = street.today + timedelta(days=days)
        round_ = crosschecks.draw(
            street.committee, by=street.users.official, title=title, checklist=card, day=day,
            start_time=datetime.time(9), seed=seed, now=street.now - timedelta(days=7),
        )  # fmt: skip
        if days < 0:
            _walk_round(round_, street.items[card.pk], rng)


def _walk_round(round_: Any, items: list[ChecklistItem], rng: random.Random) -> None:
    """Every check of the round was walked; what was not met was put right on the spot."""
    answers = []
    for patrol in Patrol.objects.filter(plan__cross_check=round_).select_related("plan"):
        at = patrol.starts_at + timedelta(minutes=rng.randrange(5, 30))
        for stop in patrol.plan.stops.select_related("point").order_by("order"):
            for item in items:
                at += timedelta(seconds=rng.randrange(20, 90))
                seen = _Seen(patrol, stop.point, item, at)
                if rng.random() < 0.06:
                    seen = seen._replace(value="no", note=rng.choice(words.FIXED_NOTES), fixed_on_spot=True)
                answers.append(seen)
        patrol.state, patrol.done_at, patrol.shown_to_id = Patrol.State.DONE, at, patrol.plan.checked_id
        patrol.save()
    _write_answers(answers)


def _walk(
    street: SimpleNamespace,
    rng: random.Random,
    book: _Book,
    plan: PatrolPlan,
    first: Day,
    last: Day,
    *,
    until: Moment,
) -> None:
    """The plan's patrols from `first` to `last`, as far as time had passed by `until`."""
    items = street.items[plan.checklist_id]
    for patrol in patrols.slots(plan, first, last):
        book.patrols.append(patrol)
        patrol.plan, patrol.zone, patrol.community = plan, plan.zone, plan.community
        patrol.committee = street.committee
        begun = patrol.starts_at + timedelta(minutes=rng.uniform(3, plan.window_minutes * 0.6))
        missed = rng.random() < MISSED_SHARE
        if missed and patrol.ends_at < until:
            patrol.state, patrol.missed_because = Patrol.State.MISSED, rng.choice(words.MISSED_BECAUSE)
        # Of today's some are still to be walked, whatever the hour.
        elif (
            not missed
            and begun + timedelta(minutes=40) < until
            and not (patrol.day == street.today and _left(plan))
        ):
            _answer(street, rng, book, patrol, items, begun, until)


def _left(plan: PatrolPlan) -> bool:
    return plan.pk % 3 != 0


def _answer(
    street: SimpleNamespace,
    rng: random.Random,
    book: _Book,
    patrol: Patrol,
    items: list[ChecklistItem],
    at: Moment,
    until: Moment,
) -> None:
    # Fewer findings as the year goes on: the campaign works.
    likely = 0.028 - 0.016 * min(1.0, (patrol.day - street.first).days / 366)
    for point in patrol.plan.walked:
        for item in items:
            at += timedelta(seconds=rng.randrange(20, 90))
            seen = _Seen(patrol, point, item, at)
            chance = rng.random()
            if chance < likely * 0.42:
                seen = seen._replace(value="no", note=rng.choice(words.FIXED_NOTES), fixed_on_spot=True)
            elif chance < likely:
                case = _case(street, rng, book, item.category, point, patrol.patroller, at, until)
                seen = seen._replace(value="no", note=street.said[item.category.code], case=case)
            elif chance > 0.985:
                seen = seen._replace(value="na")
            book.answers.append(seen)
    patrol.state, patrol.done_at = Patrol.State.DONE, min(at + timedelta(minutes=2), patrol.ends_at)


def _other_case(
    street: SimpleNamespace, rng: random.Random, book: _Book, at: Moment, *, until: Moment
) -> None:
    category = street.categories[rng.choice(list(street.said))]
    point = rng.choice(street.points)
    source = rng.choice((Case.Source.RESIDENT, Case.Source.RESIDENT, Case.Source.OFFICE))
    by = None if source == Case.Source.RESIDENT else street.users.official
    _case(street, rng, book, category, point, by, at, until, source=source)


def _case(
    street: SimpleNamespace,
    rng: random.Random,
    book: _Book,
    category: CaseCategory,
    point: Point,
    by: Any,
    at: Moment,
    until: Moment,
    *,
    source: str = Case.Source.PATROL,
) -> Case:
    """A case that was reported at `at`, moved on as far as it would have come by `until`."""
    case = Case(
        code=spoken.code(12, rng),
        committee=street.committee,
        community=point.community,
        zone=point.zone,
        point=point if source == Case.Source.PATROL else None,
        category=category,
        source=source,
        description=f"{point.name}：{street.said[category.code]}",
        address=point.address,
        longitude=point.longitude,
        latitude=point.latitude,
        reporter=by,
        reporter_phone=f"12{rng.randrange(10**9):09d}" if source == Case.Source.RESIDENT else "",
        reported_at=at,
        reported_on=timezone.localdate(at),
    )
    book.cases.append(case)
    book.events.append(cases.event_of(case, REPORT, from_state="", by=by, at=at))
    story = _Story(street, rng, book, case, until)
    story.tell()
    if source == Case.Source.PATROL or case.state == State.CLOSED:
        _keep_pictures(street, book, case, by)
    return case


class _Story:
    """One case's way through its states. Every step is a move of the table, by a role that may make it."""

    def __init__(
        self, street: SimpleNamespace, rng: random.Random, book: _Book, case: Case, until: Moment
    ) -> None:
        self.street, self.rng, self.book, self.case, self.until = street, rng, book, case, until
        self.at = case.reported_at
        self.leader = case.zone.leader

    def tell(self) -> None:
        case, rng = self.case, self.rng
        unit: Unit = self.street.unit_at.get((case.category.pk, case.community.pk)) or case.category.unit
        if case.source != Case.Source.PATROL and not self._decide_what_it_is():
            return
        if not self._move(
            "dispatch", 0, by=None if case.source == Case.Source.PATROL else self.leader, unit=unit
        ):
            return
        chance = rng.random()
        if chance < 0.04 and not self._return_once(unit):
            return
        if chance > 0.985:
            self._suspend_for_a_while(unit)
        handler = self.street.liaison_of.get(unit.pk) or self.leader
        late = rng.random() < 0.08
        limit = case.category.fix_hours
        if not self._move("accept", limit * rng.uniform(0.03, 0.12), by=handler):
            return
        if late and rng.random() < 0.4:
            more = add_working_hours(case.due_at, limit)
            note = rng.choice(words.EXTEND_NOTES)
            self._ask("extend", limit * 0.1, by=handler, note=note, due_at=more)
        worked = limit * (rng.uniform(0.9, 1.8) if late else rng.uniform(0.15, 0.5))
        if not self._move("report_back", worked, by=handler):
            return
        self._verify(handler, limit)

    def _decide_what_it_is(self) -> bool:
        """Filed, or not: not ours, withdrawn, a duplicate. False when the case goes no further."""
        chance = self.rng.random()
        if chance < 0.05:
            self._move("reject", 1, by=self.leader, note=self.rng.choice(words.REJECT_NOTES))
            return False
        first = next((one for one in reversed(self.book.cases[:-1]) if self._repeats(one)), None)
        if chance < 0.30 and first is not None:
            self._move("merge", 1, by=self.leader, merged_into=first)
            return False
        if not self._move("file", self.rng.uniform(0.2, 2), by=self.leader):
            return False
        if chance > 0.97:
            self._move("close_not_fixed", 6, by=self.leader, note=self.rng.choice(words.NOT_FIXED_NOTES))
            return False
        self.at = add_working_hours(self.at, self.rng.uniform(0.1, 1))
        return self.at <= self.until

    def _repeats(self, other: Case) -> bool:
        near = timedelta(days=3)
        same = (other.category_id, other.community_id) == (self.case.category_id, self.case.community_id)
        return same and other.merged_into is None and timedelta(0) <= self.at - other.reported_at < near

    def _return_once(self, unit: Unit) -> bool:
        handler = self.street.liaison_of.get(unit.pk) or self.leader
        note = self.rng.choice(words.RETURN_NOTES)
        other = self.rng.choice([one for one in self.street.departments.values() if one.pk != unit.pk])
        return (
            self._move("return", 1, by=handler, note=note, unit=other)
            and self._move("dispatch", 1, by=self.leader, unit=other)
            and self._move("return", 1, by=self.leader, note=note, unit=unit)
            and self._move("dispatch", 1, by=self.leader, unit=unit)
        )

    def _suspend_for_a_while(self, unit: Unit) -> None:
        note = self.rng.choice(words.SUSPEND_NOTES)
        if self._ask("suspend", 1, by=self.street.liaison_of.get(unit.pk) or self.leader, note=note):
            self._move("resume", self.rng.uniform(16, 60), by=self.leader)

    def _ask(self, name: str, hours: float, *, by: Any, note: str, due_at: Moment | None = None) -> bool:
        """The unit asks, and somebody else grants it half an hour later; or it still waits for the answer."""
        asks = "ask_extension" if name == "extend" else "ask_suspension"
        if not self._move(asks, hours, by=by, note=note):
            return False
        paper = CaseApplication(
            case=self.case, kind=cases.applications.ASKS[asks], by=by, at=self.at, reason=note, until=due_at
        )
        self.book.applications.append(paper)
        grants = self.leader if by != self.leader else self.street.users.official
        granted = self._move(name, 0.5, by=grants, note=words.GRANT_NOTE, due_at=due_at)
        if granted:
            paper.state, paper.answered_by = CaseApplication.State.GRANTED, grants
            paper.answered_at, paper.answer = self.at, words.GRANT_NOTE
        return granted

    def _verify(self, handler: Any, limit: int) -> None:
        verifier = self.leader if handler != self.leader else self.street.users.official
        soon = max(0.3, limit * self.rng.uniform(0.04, 0.2))
        if self.rng.random() < 0.05:
            again = self._move("rework", soon, by=verifier, note=self.rng.choice(words.REWORK_NOTES))
            if not (again and self._move("report_back", limit * self.rng.uniform(0.1, 0.3), by=handler)):
                return
        if self._move("verify", soon, by=verifier):
            self._look_again(handler, verifier)

    def _look_again(self, handler: Any, verifier: Any) -> None:
        """The re-check, for those that are drawn: by the secretary, who had no part in it."""
        rules, case = self.street.rules, self.case
        lot = cases.rechecks.lot_of(rules.draw_key, case.code, 1)
        if not cases.rechecks.is_drawn(lot, rules.recheck_percent):
            return
        checker = self.street.secretary_of.get(case.community.pk)
        if checker in (None, handler, verifier, case.reporter):
            checker = None
        paper = Recheck(
            case=case,
            closing=1,
            drawn_at=self.at,
            percent=rules.recheck_percent,
            lot=lot.number,
            checker=checker,
        )
        self.book.rechecks.append(paper)
        if checker and self._move("recheck_stays", self.rng.uniform(8, 40), by=checker):
            paper.state, paper.done_at = Recheck.State.STAYS, self.at

    def _move(self, name: str, hours: float, *, by: Any, note: str = "", **given: Any) -> bool:
        """Make the move after so many working hours; False, and nothing done, when that is still to come."""
        at = add_working_hours(self.at, hours) if hours else self.at
        if at > self.until or self.case.state not in MOVES[name].come_from:
            return False
        self.at = at
        self.book.note(self.case, at)
        self.book.events.append(cases.step(self.case, MOVES[name], by=by, now=at, note=note, **given))
        self.book.note(self.case, at)
        return True


def _keep_pictures(street: SimpleNamespace, book: _Book, case: Case, by: Any) -> None:
    theme = _Pictures.theme_of(case.category.code)
    stages = [(CasePhoto.Stage.BEFORE, case.reported_at, by)]
    if case.handled_at:
        stages.append((CasePhoto.Stage.AFTER, case.handled_at, case.handler))
    for stage, at, who in stages:
        name, digest = street.pictures.stored(theme, stage)
        book.photos.append(_photo_row(case, stage, name, digest, at, who))


def _photo_row(case: Case, stage: str, name: str, digest: str, at: Moment, who: Any) -> CasePhoto:
    return CasePhoto(case=case, stage=stage, file=name, digest=digest, taken_at=at, received_at=at, by=who)


def _open_cases(street: SimpleNamespace, rng: random.Random) -> None:
    """A dozen of today's cases, through the same doors as people use, so that every to-do list has something."""
    official = street.users.official
    first = next(iter(street.communities))
    plan = [
        # (category, community, days ago, the moves that were made)
        ("1101", first, 6, ["dispatch"]),
        ("1103", first, 3, ["dispatch", "accept"]),
        ("0301", first, 0, ["dispatch"]),
        ("1402", "南屏街", 5, ["dispatch", "accept"]),
        ("0102", "金牛街", 12, ["dispatch", "accept"]),
        ("1404", "南屏街", 1, ["dispatch", "accept", "report_back"]),
        ("1201", first, 1, ["dispatch", "accept", "report_back"]),
        ("1405", "文庙", 2, ["file"]),
        ("1203", "祥云街", 1, []),
        ("1407", "青年路", 0, []),
        ("1302", "景星街", 4, ["dispatch", "suspend"]),
        ("0102", first, 3, ["dispatch", "accept", "ask_extension"]),
        ("1202", "文庙", 2, ["dispatch", "ask_suspension"]),
        ("1401", "青年路", 1, ["dispatch", "return"]),
        ("1105", first, 0, []),
        ("1103", "祥云街", 1, ["dispatch", "ask"]),
    ]
    for code, place, days_ago, moves in plan:
        community = street.communities[place]
        point = rng.choice([one for one in street.points if one.community_id == community.pk])
        at = street.now - timedelta(days=days_ago, hours=2 if days_ago else 0, minutes=rng.randrange(5, 50))
        category = street.categories[code]
        case = cases.open(
            committee=street.committee,
            community=community,
            category=category,
            description=f"{point.name}：{street.said[code]}",
            source=Case.Source.RESIDENT,
            zone=point.zone,
            address=point.address,
            longitude=point.longitude,
            latitude=point.latitude,
            photo=street.pictures.photo(_Pictures.theme_of(code), "before"),
            reporter_phone=f"12{rng.randrange(10**9):09d}",
            now=at,
        )
        _advance(street, case, moves, official, at)


def _advance(street: SimpleNamespace, case: Case, moves: list[str], official: Any, at: Moment) -> None:
    named = cases.proposal_for(case)
    unit = named.unit if named else case.category.unit
    handler = street.liaison_of.get(unit.pk) or case.zone.leader
    other = next(one for one in street.departments.values() if one.pk != unit.pk)
    notes = {
        "suspend": words.SUSPEND_NOTES[0], "ask_suspension": words.SUSPEND_NOTES[1],
        "ask_extension": words.EXTEND_NOTES[0], "return": words.RETURN_NOTES[0],
        "ask": ASKED,
    }  # fmt: skip
    for number, name in enumerate(moves, 1):
        by = (
            handler
            if name in ("accept", "report_back", "return", "ask", "ask_extension", "ask_suspension")
            else official
        )
        photo = street.pictures.photo(_Pictures.theme_of(case.category.code), "after")
        case = cases.move(
            case,
            name,
            by=by,
            note=notes.get(name, ""),
            unit={"dispatch": unit, "return": other}.get(name),
            photo=photo if name == "report_back" else None,
            due_at=add_working_hours(case.due_at, 16) if name == "ask_extension" else None,
            now=at + timedelta(minutes=12 * number),
        )
        if name == "accept":
            _say(street, case, handler, official, at + timedelta(minutes=12 * number + 5))


def _say(street: SimpleNamespace, case: Case, handler: Any, official: Any, at: Moment) -> None:
    """A line among colleagues, and one for whoever reported it."""
    cases.note(case, words.NOTE_AMONG_US, by=handler, now=at)
    cases.note(case, words.NOTE_TO_REPORTER, by=official, public=True, now=at + timedelta(minutes=5))


def _at(day: Day, hour: float) -> Moment:
    return datetime.datetime.combine(day, datetime.time(0), tzinfo=SHANGHAI) + timedelta(hours=hour)


# --- Visits -------------------------------------------------------------------------------------------
def _add_visits(street: SimpleNamespace, rng: random.Random) -> None:
    first, last = Day(street.year, *VISITS_FIRST), Day(street.year, *VISITS_LAST)
    slots = [
        (first + timedelta(days=number), place, community)
        for number in range((last - first).days + 1)
        for place, community in street.communities.items()
    ]
    street.visit_round = VisitRound.objects.create(
        committee=street.committee, name="疫情防控走访排查", purpose="入户宣传、摸清底数，只登记数量",
        first_day=first, last_day=last,
    )  # fmt: skip
    VisitRound.objects.create(
        committee=street.committee, name="创文入户走访", purpose="听取居民意见，宣传创文知识",
        first_day=street.today - timedelta(days=60),
    )  # fmt: skip
    rows: list[VisitBatch] = []
    for kind, total in ((VisitBatch.Kind.RESIDENT, RESIDENTS_VISITED), (VisitBatch.Kind.FIRM, FIRMS_VISITED)):
        quantities = portions(rng, total, len(slots))
        rows += [
            _visit(street, rng, kind, day, place, community, visits)
            for (day, place, community), visits in zip(slots, quantities, strict=True)
        ]
    _write(VisitBatch, rows)
    _write(
        HealthReport,
        [
            HealthReport(committee=street.committee, community=community, day=first + timedelta(days=number))
            for number in range((street.last - first).days + 1)
            for community in street.communities.values()
        ],
    )


def _visit(
    street: SimpleNamespace,
    rng: random.Random,
    kind: str,
    day: Day,
    place: str,
    community: Community,
    visits: int,
) -> VisitBatch:
    return VisitBatch(
        committee=street.committee,
        community=community,
        kind=kind,
        day=day,
        visits=visits,
        persons=max(1, visits * 7 // 10),  # the rest were met a second time that day
        round=street.visit_round,
        place=rng.choice(words.STREETS[place]),
        entered_by=street.users.secretaries[place],
    )


# --- Pictures: drawn, so that no one's street or face is shown -------------------------------------------
class _Pictures:
    """Small neutral drawings, before and after, one pair a theme; stored once and shared by the year's cases."""

    THEMES = ("litter", "paving", "bicycles", "posters", "stall", "green")

    def __init__(self) -> None:
        self._photos: dict[tuple[str, str], photos.Photo] = {}
        self._stored: dict[tuple[str, str], tuple[str, str]] = {}

    @classmethod
    def theme_of(cls, code: str) -> str:
        by_class = {"01": "paving", "02": "paving", "03": "litter", "04": "green", "05": "bicycles"}
        by_class |= {"11": "litter", "12": "posters", "13": "paving", "14": "stall"}
        special = {
            "1104": "green",
            "1404": "bicycles",
            "1403": "bicycles",
            "1405": "bicycles",
            "1105": "paving",
        }
        return special.get(code, by_class.get(code[:2], "litter"))

    def photo(self, theme: str, stage: str) -> photos.Photo:
        if (theme, stage) not in self._photos:
            out = io.BytesIO()
            huguo_pictures.draw(theme, stage).save(out, "PNG")
            self._photos[theme, stage] = photos.accept(ContentFile(out.getvalue()))
        photo = self._photos[theme, stage]
        photo.seek(0)
        return photo

    def stored(self, theme: str, stage: str) -> tuple[str, str]:
        """Name in the storage and digest."""
        if (theme, stage) not in self._stored:
            photo = self.photo(theme, stage)
            name = f"cases/demo/{theme}-{stage}.jpg"
            if not default_storage.exists(name):
                name = default_storage.save(name, photo)
            self._stored[theme, stage] = (name, photos.digest(photo))
        return self._stored[theme, stage]
