"""The demo's whistles, requests and call-backs: a year of them in bulk, and some of today at every step.

What is past is walked through `writing.task_step` and `callbacks.contact_step`, the code that makes the steps today;
what is under way goes through the verbs themselves. Everybody is invented.
"""

import datetime
import random
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone

from campaign import spoken
from campaign.models import Unit
from grids import callbacks, cases, requests, whistles
from grids.models import (
    Case,
    CaseCategory,
    Request,
    RequestContact,
    RequestEvent,
    Whistle,
    WhistleEvent,
    WhistleLimit,
    WhistleTask,
)
from grids.models.request import TO_BE_CALLED_BACK
from grids.whistleflow import RAISE, TASK_STEPS, WHISTLE_STEPS, Kind, WhistleState
from grids.whistles import writing
from grids.whistles.clocks import USUAL

Moment = datetime.datetime

URGENT_CATEGORIES, SUPPLY_CATEGORIES, HARD_CATEGORIES = ("0101",), ("0103", "0501"), ("1107", "1405")
# kind, title, what is asked, departments: the first leads; how often in the year
CALLS = (
    (Kind.DAILY, "占道经营反复", "请联合劝导占道摊贩，恢复人行道通行。", ("城管执法中队", "派出所"), 9),
    (Kind.DAILY, "机动车违停", "请到现场劝离并规范停车泊位。", ("派出所", "城管执法中队"), 7),
    (Kind.DAILY, "行道树池黄土裸露", "请补植并清理树池内杂物。", ("园林所", "环卫站"), 5),
    (
        Kind.JOINT,
        "楼道违建与堆物",
        "请共同入户做工作，限期拆除清理。",
        ("城管执法中队", "派出所", "市政维护站"),
        6,
    ),
    (
        Kind.JOINT,
        "背街小巷路面整治",
        "请会商路面、井盖和雨水口一并整治。",
        ("市政维护站", "环卫站", "园林所"),
        4,
    ),
    (Kind.URGENT, "井盖缺失", "请立即到场围挡并更换井盖。", ("市政维护站", "派出所"), 4),
    (Kind.URGENT, "雨后积水", "请立即到场疏通雨水口。", ("市政维护站", "环卫站"), 3),
)
RESULTS = (
    "现场已处置完毕，恢复通行。",
    "已清理并安排专人每日巡看。",
    "已整改到位，住户表示理解。",
    "已修复并设置提示。",
)
PEOPLE = ("值班组长", "中队值班人员", "养护班长", "片区民警")
SAID = ("问题已处理，表示感谢。", "已清理干净。", "希望加强日常管理。", "")


def load(street: SimpleNamespace, rng: random.Random) -> SimpleNamespace:
    """Write limits, types, the year's requests and whistles, and those of today. Deterministic for a seed."""
    _add_limits(street)
    types = _add_types(street)
    _add_hot_spot(street)
    asked = _add_requests(street, rng, types)
    blown = _add_whistles(street, rng)
    _add_todays(street)
    _add_dissatisfied(street)
    return SimpleNamespace(requests=asked, whistles=blown)


def _write(model: type[Model], rows: list[Any]) -> list[Any]:
    """Insert rows in bulk, past the marks."""
    return QuerySet(model=model).bulk_create(rows, batch_size=2000)


def _add_limits(street: SimpleNamespace) -> None:
    street.whistle_limits = {
        kind: WhistleLimit(committee=street.committee, kind=kind, since=street.first, **usual)
        for kind, usual in USUAL.items()
    }
    _write(WhistleLimit, list(street.whistle_limits.values()))


def _add_types(street: SimpleNamespace) -> dict[int, Any]:
    """The four types, and for each category the one that a request about it has."""
    types = {type.code: type for type in requests.types_of(street.committee)}
    for code, wanted in (
        ("urgent", URGENT_CATEGORIES),
        ("supply", SUPPLY_CATEGORIES),
        ("hard", HARD_CATEGORIES),
    ):
        types[code].categories.set(CaseCategory.objects.filter(committee=street.committee, code__in=wanted))
    named = {row.pk: type for type in types.values() for row in type.categories.all()}
    known = CaseCategory.objects.filter(committee=street.committee).values_list("pk", flat=True)
    return {key: named.get(key, types[requests.USUAL]) for key in known}


def _by_day(at: Moment) -> Moment:
    """Nobody is called at night: what falls between eight in the evening and half past eight stands in the first half
    hour of that morning, in the same order."""
    local = timezone.localtime(at)
    morning = local.replace(hour=8, minute=30, second=0, microsecond=0)
    if local.hour >= 20:
        morning += timedelta(days=1)
    elif local >= morning:
        return at
    return morning - (morning - local) / 25


# --- Requests ---------------------------------------------------------------------------------------
def _add_hot_spot(street: SimpleNamespace) -> None:
    """The same thing at the same place four times within three weeks, so that the list of hot spots has one."""
    place = next(iter(street.communities))
    community = street.communities[place]
    point = street.points_at[community.pk, "lane"][0]
    category = street.categories["1101"]
    for number, back in enumerate((19, 11, 6, 1)):
        cases.open(
            committee=street.committee, community=community, category=category, point=point,
            source=Case.Source.RESIDENT, description=f"{point.name}口又堆放了垃圾。",
            reporter_phone=f"1260000{number:04d}", now=street.now - timedelta(days=back),
        )  # fmt: skip


def _add_requests(street: SimpleNamespace, rng: random.Random, types: dict[int, Any]) -> int:
    reported = Case.objects.filter(committee=street.committee, source__in=requests.COMPLAINTS, request=None)
    begun = list(Request.objects.filter(committee=street.committee))  # through the verb, as today's are
    rows, contacts, events = [], [], []
    for case in reported.select_related("category").order_by("reported_at", "pk"):
        request = requests.first_state(case, types[case.category_id])
        events.append(RequestEvent(request=request, what=RequestEvent.What.BEGUN, at=case.reported_at))
        contacts += _first_contact(street, rng, request)
        contacts += _call_backs(street, rng, request, case)
        rows.append(request)
    _write(Request, rows)
    for request in begun:
        contacts += _first_contact(street, rng, request)
        request.save()
    _write(RequestContact, contacts)
    _write(RequestEvent, events)
    return len(rows)


def _first_contact(street: SimpleNamespace, rng: random.Random, request: Request) -> list[RequestContact]:
    if request.respond_by is None:
        return []
    given = request.respond_by - request.asked_at
    at = request.asked_at + given * (
        rng.uniform(0.05, 0.8) if rng.random() < 0.95 else rng.uniform(1.05, 1.6)
    )
    at = _by_day(at)
    if at > street.now:
        return []
    made = callbacks.contact_step(
        request,
        purpose="response",
        outcome="reached",
        by=street.users.official,
        now=at,
        note="已告知诉求人正在处理。",
    )
    return [made]


def _call_backs(
    street: SimpleNamespace, rng: random.Random, request: Request, case: Case
) -> list[RequestContact]:
    """Those who were not satisfied had their case reopened and dealt with; what is told here is the last word."""
    made: list[RequestContact] = []
    if case.state not in TO_BE_CALLED_BACK or request.state != Request.State.OPEN or case.closed_at is None:
        return made
    at = _by_day(case.closed_at + timedelta(hours=rng.uniform(16, 60)))
    while request.state == Request.State.OPEN and at < street.now:
        reached = rng.random() < 0.86
        opinion: dict[str, str] = {}
        if reached:
            opinion = {
                "solved": "yes" if rng.random() < 0.93 else "partly",
                "satisfied": rng.choices(("yes", "mostly", "none"), (74, 20, 6))[0],
            }
            opinion["note"] = rng.choice(SAID)
        outcome = "reached" if reached else rng.choices(("no_answer", "wrong"), (9, 1))[0]
        made.append(
            callbacks.contact_step(
                request, purpose="callback", outcome=outcome, by=street.users.official, now=at, **opinion
            )
        )
        at = _by_day(at + timedelta(hours=rng.uniform(20, 30)))
    return made


# --- Whistles of the year -----------------------------------------------------------------------------
def _add_whistles(street: SimpleNamespace, rng: random.Random) -> int:
    raised: list[Whistle] = []
    tasks: list[WhistleTask] = []
    events: list[WhistleEvent] = []
    months = [
        call for call in CALLS for _each in range(call[4])
    ]  # every whistle of the year, in whatever order they came
    for number, call in enumerate(rng.sample(months, len(months))):
        day = street.first + timedelta(days=8 + number * 344 // len(months))
        at = timezone.make_aware(datetime.datetime.combine(day, datetime.time(9, 5)))
        at += timedelta(minutes=rng.randrange(420))
        _blow(street, rng, call, at, raised, tasks, events)
    _write(Whistle, raised)
    leads = [task for task in tasks if task.lead is None]
    _write(WhistleTask, leads)
    _write(WhistleTask, [task for task in tasks if task.lead is not None])
    _write(WhistleEvent, events)
    return len(raised)


def _blow(
    street: SimpleNamespace,
    rng: random.Random,
    call: tuple,
    at: Moment,
    raised: list[Whistle],
    tasks: list[WhistleTask],
    events: list[WhistleEvent],
) -> None:
    kind, title, description, names, _times = call
    place = rng.choice(list(street.communities))
    community = street.communities[place]
    by, official = street.users.secretaries[place], street.users.official
    whistle = Whistle(
        code=spoken.code(12, rng), committee=street.committee, community=community, kind=kind, title=title,
        description=description, address=rng.choice(street.points_at[community.pk, "main-street"]).address,
        raised_by=by, raised_at=at,
    )  # fmt: skip
    raised.append(whistle)
    events.append(writing.event_of(whistle, RAISE, from_state="", to_state=whistle.state, by=by, at=at))
    if kind == Kind.URGENT:
        whistle.state = WhistleState.BLOWN
        writing.blown(whistle, at)
    else:
        at += timedelta(minutes=rng.randrange(15, 150))
        events.append(writing.whistle_step(whistle, WHISTLE_STEPS["approve"], by=official, now=at))
    limit = street.whistle_limits[kind]
    last, lead = at, None
    for name in names:
        task = WhistleTask(whistle=whistle, unit=street.departments[name], lead=lead)
        lead = lead or task
        tasks.append(task)
        events.append(writing.call_step(whistle, task, limit, by=official, now=at))
    for task in reversed(tasks[-len(names) :]):  # the helpers first: the lead reports last
        last = max(last, _serve(street, rng, whistle, task, limit, last if task.lead is None else at, events))
    events.append(
        writing.whistle_step(
            whistle, WHISTLE_STEPS["close"], by=official, now=_by_day(last + timedelta(hours=2))
        )
    )


def _serve(
    street: SimpleNamespace,
    rng: random.Random,
    whistle: Whistle,
    task: WhistleTask,
    limit: WhistleLimit,
    after: Moment,
    events: list[WhistleEvent],
) -> Moment:
    """One unit signs, comes, reports and is rated. Returns when it was rated."""
    sign_due, arrive_due, called = task.sign_due_at, task.arrive_due_at, task.called_at
    signs = called + (sign_due - called) * (rng.uniform(0.1, 0.9) if rng.random() < 0.95 else 1.2)
    comes = called + (arrive_due - called) * (rng.uniform(0.5, 0.95) if rng.random() < 0.92 else 1.25)
    if whistle.kind != Kind.URGENT:
        signs, comes = _by_day(signs), _by_day(comes)
    comes = max(comes, signs + timedelta(minutes=2))
    reports = _by_day(max(comes, after) + timedelta(hours=rng.uniform(1, 20)))
    rates = _by_day(reports + timedelta(hours=rng.uniform(1, 20)))
    by, official = street.liaison_of.get(task.unit_id), street.users.official
    for name, who, at, given in (
        ("sign", by, signs, {}),
        ("arrive", by, comes, {"person": rng.choice(PEOPLE)}),
        ("report", by, reports, {"note": rng.choice(RESULTS)}),
        ("rate", official, rates, {"rating": rng.choices(("good", "fair"), (8, 2))[0]}),
    ):
        events.append(writing.task_step(whistle, task, TASK_STEPS[name], limit, by=who, now=at, **given))
    return rates


# --- Whistles of today --------------------------------------------------------------------------------
def _add_todays(street: SimpleNamespace) -> None:
    """One at each step: to approve, to sign for, there already, refused twice, to rate. Through the verbs."""
    now = street.now
    official = street.users.official
    units = _with_liaison(street)
    place = next(iter(street.communities))
    given = {
        "committee": street.committee,
        "community": street.communities[place],
        "by": street.users.secretaries[place],
    }

    def blow(kind: str, title: str, description: str, lead: Unit, *helpers: Unit, ago: float) -> Whistle:
        at = now - timedelta(hours=ago)
        made = whistles.blow(
            **given, kind=kind, title=title, description=description, lead=lead, helpers=helpers, now=at
        )
        if made.state == WhistleState.RAISED and title != TO_APPROVE:
            made = whistles.move(made, "approve", by=official, now=at + timedelta(minutes=20))
        return made

    blow(Kind.DAILY, TO_APPROVE, "请共同规范店外经营，恢复通道。", units[1], units[2], ago=3)
    blow(Kind.DAILY, "门前共享单车淤积", "请本周内引导停放，清出盲道。", units[0], units[3], ago=2)
    urgent = blow(Kind.URGENT, "护栏倒伏", "请立即到场扶正围挡。", units[1], ago=0.7)
    _step(
        urgent, units[1], street, now - timedelta(minutes=36), ("sign", {}), ("arrive", {"person": PEOPLE[0]})
    )
    refused = blow(Kind.JOINT, "老旧楼院私拉电线", "请会商整改方案，限期拆除。", units[2], ago=30)
    task = refused.tasks.get()
    task = whistles.answer(
        task,
        "refuse",
        by=street.liaison_of[units[2].pk],
        note="产权不属我单位。",
        unit=units[3],
        now=now - timedelta(hours=20),
    )
    whistles.answer(
        task, "decline", by=street.liaison_of[units[3].pk], note="我单位只管公共照明。", unit=units[2],
        now=now - timedelta(hours=4),
    )  # fmt: skip
    done = blow(Kind.DAILY, "绿化带占用", "请清退占用并补植。", units[3], ago=52)
    _step(
        done, units[3], street, now - timedelta(hours=50), ("sign", {}), ("arrive", {"person": PEOPLE[2]}),
        ("report", {"note": RESULTS[1]}),
    )  # fmt: skip


TO_APPROVE = "夜市外摆扰民"


def _add_dissatisfied(street: SimpleNamespace) -> None:
    """One reporter of these days who is not satisfied: the case goes on, with a new clock."""
    waiting = Request.objects.filter(committee=street.committee).to_call_back().order_by("-asked_at", "-pk")
    second = street.users.officials[1]
    if request := waiting.exclude(case__handler=second).first():
        callbacks.contact(
            request, purpose="callback", outcome="reached", by=second, solved="partly", satisfied="no",
            note="清理后第二天又堆满，希望每天有人看。", now=street.now,
        )  # fmt: skip


def _with_liaison(street: SimpleNamespace) -> list[Unit]:
    """Four units whose liaisons can answer; first the one of the demo's own liaison account."""
    first = street.users.liaisons[0]
    found = [unit for unit in street.units if unit.pk in street.liaison_of]
    return sorted(found, key=lambda unit: street.liaison_of[unit.pk].pk != first.pk)[:4]


def _step(
    whistle: Whistle, unit: Unit, street: SimpleNamespace, at: Moment, *steps: tuple[str, dict]
) -> None:
    task = whistle.tasks.get(unit=unit)
    for number, (name, given) in enumerate(steps):
        when = at + timedelta(minutes=6 * number)
        task = whistles.answer(task, name, by=street.liaison_of[unit.pk], now=when, **given)
