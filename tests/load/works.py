"""What is measured. Each work takes its empty row and fills it; docs/performance.md says what each means."""

import contextlib
import functools
import gzip
import itertools
import os
import re
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin

from tests import servers
from tests.load import limits, machine
from tests.load.clients import CSRF, Knock, Line, Seen, knock
from tests.load.machine import Watch
from tests.load.rows import Goal, NotYet, Row, Wrong, alone, from_rounds
from tests.load.stage import ROOT, Stage

if TYPE_CHECKING:  # it imports the models, which must wait until Django is awake
    from tests.load.street import Street

ROUNDS = 3


def in_turn(
    watch: Watch, limit: Callable[[], float], portal: Callable[[], float]
) -> list[tuple[float, float]]:
    """The limit and the portal in turn, so that what disturbs the machine disturbs both."""
    rounds = []
    for _round in range(ROUNDS):
        watch.lap()
        rounds.append((limit(), portal()))
        watch.lap()
    return rounds


def _page(path: str) -> str:
    """The path, if the portal has such a page; raises NotYet else."""
    from django.urls import Resolver404, resolve

    try:
        resolve(path)
    except Resolver404 as missing:
        raise NotYet(f"there is no page {path} yet") from missing
    return path


def _queries(path: str, cookies: str = "", body: dict | None = None) -> int:
    """SQL statements of one request, counted in this process."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(
        raise_request_exception=False,
        HTTP_X_FORWARDED_PROTO="https",
        HTTP_HOST="127.0.0.1",
        HTTP_ORIGIN="https://127.0.0.1",
    )
    for part in cookies.split("; ") if cookies else ():
        name, _, value = part.partition("=")
        client.cookies[name] = value
    ask = functools.partial(client.post, path, body) if body else functools.partial(client.get, path)
    with CaptureQueriesContext(connection) as asked:
        answer = ask(secure=True)
    if answer.status_code >= 400:
        raise Wrong(f"{path} answers {answer.status_code}")
    return len(asked)


def _median_of(port: int, one: Knock, times: int) -> float:
    """Milliseconds of the middle request of one client, after a few to warm up."""
    knock(port, [one] * 4, 2).expect(200)
    return knock(port, [one] * times, 1).expect(200).median * 1000


# --- The public page ------------------------------------------------------------------------------
def public_page(row: Row, stage: Stage, street: "Street", watch: Watch) -> Row:
    """The anonymous home beside Django that says hello after one indexed SELECT."""
    row.unit, row.measured = (
        "pages/s",
        "anonymous GET /, 4 clients; limit: hello with one SELECT, same gunicorn",
    )
    home, hello = stage.web(), stage.web("tests.load.hello")
    one = Knock("/")
    row.queries = _queries("/")
    many = {port: _in_two_seconds(port, one) for port in (hello, home)}
    return from_rounds(
        row,
        in_turn(
            watch,
            lambda: knock(hello, [one] * many[hello], 4).expect(200).per_second,
            lambda: knock(home, [one] * many[home], 4).expect(200).per_second,
        ),
        Goal(at_least=0.5),
    )


def _in_two_seconds(port: int, one: Knock) -> int:
    """How many requests four clients send in about two seconds; warms the server up, too."""
    return max(60, min(4000, int(2 * knock(port, [one] * 80, 4).expect(200).per_second)))


# --- Cases ----------------------------------------------------------------------------------------
def _list_sql(street: "Street") -> str:
    """One page of the list with the same columns and names, in one statement."""
    return f"""
        SELECT c.id, c.code, c.source, c.description, c.address, c.state, c.longitude, c.latitude, c.reported_at,
            c.dispatched_at, c.due_at, c.handled_at, c.closed_at, c.closed_in_time, community.id, community.name,
            category.id, category.name, zone.id, zone.name, unit.id, unit.name, point.id, point.name
        FROM grids_case c
        JOIN campaign_community community ON community.id = c.community_id
        JOIN grids_casecategory category ON category.id = c.category_id
        LEFT JOIN grids_zone zone ON zone.id = c.zone_id
        LEFT JOIN campaign_unit unit ON unit.id = c.unit_id
        LEFT JOIN grids_point point ON point.id = c.point_id
        WHERE c.committee_id = {street.committee.pk} ORDER BY c.reported_at DESC, c.id DESC LIMIT 100
    """


def _case_list(row: Row, stage: Stage, street: "Street", watch: Watch, path: str, *, times: int = 40) -> Row:
    row.unit = "ms p50"
    cookies, port = street.cookie(street.official), stage.web()
    one = Knock(_page(path.partition("?")[0]) + "?" + path.partition("?")[2], cookies)
    row.queries = _queries(one.path, cookies)
    return from_rounds(
        row,
        in_turn(
            watch,
            lambda: limits.reads(stage.database, _list_sql(street), 60) * 1000,
            lambda: _median_of(port, one, times),
        ),
        Goal(at_most=4, queries=6),
    )


API_LIST = "/api/v1/cases/?page_size=100"


def case_list(row: Row, stage: Stage, street: "Street", watch: Watch) -> Row:
    """A page of 100 of 100,000 cases from the API beside one SQL of the same columns."""
    row.measured = (
        "GET /api/v1/cases/?page_size=100 of 100,000 by an official; limit: one SQL of the same columns"
    )
    row.peer = "102×"
    street.cases(100_000)
    return _case_list(row, stage, street, watch, API_LIST)


def case_list_page(row: Row, stage: Stage, street: "Street", watch: Watch) -> Row:
    """The same cases on the page that the staff opens."""
    from django.urls import NoReverseMatch, reverse

    try:
        path = reverse("grids:case_list")
    except NoReverseMatch as missing:
        raise NotYet("there is no list of cases for the staff yet") from missing
    row.measured = f"GET {path} of 100,000 by an official, as it opens; limit: one SQL of 100 rows"
    row.peer = "102×"
    street.cases(100_000)
    return _case_list(row, stage, street, watch, path)


def case_list_million(row: Row, stage: Stage, street: "Street", watch: Watch) -> Row:
    """The same page of 100 when there are ten times as many cases."""
    row.unit, row.measured = (
        "ms p50",
        "GET /api/v1/cases/?page_size=100 of 1,000,000; limit: the same of 100,000",
    )
    cookies, port = street.cookie(street.official), stage.web()
    one = Knock(_page("/api/v1/cases/") + "?page_size=100", cookies)
    street.cases(100_000)
    before = [_median_of(port, one, 40) for _round in range(ROUNDS)]
    street.cases(1_000_000)
    after = [_median_of(port, one, 40) for _round in range(ROUNDS)]
    row.queries = _queries(one.path, cookies)
    return from_rounds(row, list(zip(before, after, strict=True)), Goal(at_most=1.3))


def case_report(row: Row, stage: Stage, street: "Street", watch: Watch) -> Row:
    """A resident's report beside the two inserts that it comes to."""
    from grids.models import Case, CaseEvent

    row.unit, row.peer = "reports/s", "0.008"
    row.measured = "POST /report/ without a photo, 2 clients; limit: insert of case and event, 2 connections"
    _page("/report/")
    port = stage.web()
    fields = _fields_of_report(port, street)
    fields["anyway"] = "1"  # each report here is of the same place, and none wants to be asked about it
    row.queries = _queries("/report/", f"csrftoken={CSRF}", fields | _fresh())
    limits.like(stage.database, "grids_case", "grids_caseevent")
    insert_case = f"""
        INSERT INTO bench.grids_case (code, committee_id, community_id, zone_id, category_id, source, description,
            address, reporter_phone, state, reported_at, reported_on, form_key)
        VALUES (lpad(nextval('bench.n')::text, 12, '0'), {street.committee.pk}, {street.communities[0].pk},
            {street.zone.pk}, {street.category.pk}, 'resident', '路面有暴露垃圾，请尽快清理', '人民路1号', '',
            'received', now(), current_date, gen_random_uuid())
    """
    insert_event = """
        INSERT INTO bench.grids_caseevent (case_id, move, from_state, to_state, at, day, note)
        VALUES (currval('bench.n'), 'report', '', 'received', now(), current_date, '')
    """
    before, sent = Case.objects.filter(source="resident").count(), itertools.count(1)

    def portal() -> float:
        knocks = []
        for number in itertools.islice(sent, 300):
            address = f"10.{1 + number // 60000}.{number // 250 % 250}.{number % 250 + 1}"
            body = urlencode(fields | _fresh() | {"csrfmiddlewaretoken": CSRF})
            knocks.append(Knock("/report/", f"csrftoken={CSRF}", body, address))
        return knock(port, knocks, 2).expect(302).per_second

    rounds = in_turn(
        watch,
        lambda: limits.transactions(stage.database, stage.pgbench, [insert_case, insert_event], 2, 1500),
        portal,
    )
    wrote, events = (
        Case.objects.filter(source="resident").count() - before,
        CaseEvent.objects.filter(move="report"),
    )
    if wrote != 300 * ROUNDS or events.filter(case__source="resident").count() < wrote:
        raise Wrong(f"{300 * ROUNDS} reports were answered, {wrote} cases are there")
    return from_rounds(row, rounds, Goal(at_least=0.15, queries=10))


def _fields_of_report(port: int, street: "Street") -> dict[str, str]:
    """What a resident types, by the names that the form has."""
    known = {
        "category": str(street.category.pk),
        "community": str(street.communities[0].pk),
        "description": "路面有暴露垃圾，请尽快清理",
        "address": "人民路1号",
    }
    line = Line(port)
    status, _head, body = line.ask(Knock("/report/").to_bytes(port))
    line.close()
    if status != 200:
        raise Wrong(f"/report/ answers {status}")
    asked = set(re.findall(rb'name="(\w+)"', _unzipped(body)))
    return {name: value for name, value in known.items() if name.encode() in asked}


def _fresh() -> dict[str, str]:
    import uuid

    return {"form_key": str(uuid.uuid4())}


# --- Sign-ups -------------------------------------------------------------------------------------
def _sign_up(position: object, cookies: str) -> Knock:
    body = urlencode({"position": position.pk, "csrfmiddlewaretoken": CSRF})
    return Knock(f"/activities/{position.activity_id}/", cookies, body)


def _take_place(position: str) -> list[str]:
    return [
        f"UPDATE bench.volunteers_position SET taken = taken + 1 WHERE id = {position} AND taken < places",
        """
        INSERT INTO bench.volunteers_signup (activity_id, position_id, volunteer_id, state, joined_at, day)
        VALUES (1, 1, nextval('bench.n'), 'confirmed', now(), current_date)
        """,
    ]


def _bare_positions(stage: Stage, count: int) -> None:
    import psycopg2

    limits.like(stage.database, "volunteers_position", "volunteers_signup")
    with psycopg2.connect(stage.database) as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench.volunteers_position (id, activity_id, name, places, taken) "
            "SELECT n, n, 'x', 30000, 0 FROM generate_series(1, %s) n",
            [count],
        )
    connection.close()


def check_places(positions: Iterable[object], accepted: int | None = None) -> None:
    """Raises Wrong unless no position has more people than places, and its counter is the number of its rows."""
    from django.db.models import Count, F, Q

    from volunteers.models import Position, Signup

    wanted = Position.objects.filter(pk__in=[position.pk for position in positions])
    counted = wanted.annotate(confirmed=Count("signups", filter=Q(signups__state="confirmed")))
    if over := counted.filter(confirmed__gt=F("places")).count():
        raise Wrong(f"{over} activities have more people than places")
    if drifted := counted.exclude(taken=F("confirmed")).count():
        raise Wrong(f"at {drifted} activities the counter is not the number of sign-ups")
    rows = Signup.objects.filter(position__in=wanted).count()
    if accepted is not None and rows != accepted:
        raise Wrong(f"{accepted} sign-ups were answered, {rows} are there")


def signup_hot(row: Row, stage: Stage, street: "Street", watch: Watch) -> Row:
    """Everybody wants the same activity; afterwards a rush on activities of five places."""
    row.unit, row.peer = "sign-ups/s", "0.044"
    row.measured = (
        "POST of the button, one activity, 8 clients; limit: conditional update + insert, 8 connections"
    )
    each, port = 240, stage.web()
    (position,) = street.positions(1, each * ROUNDS + 10)
    _page(f"/activities/{position.activity_id}/")
    people = street.volunteers(each * ROUNDS + 1)
    cookies = [street.cookie(one.user) for one in people]
    _bare_positions(stage, 1)
    row.queries = _queries(f"/activities/{position.activity_id}/", cookies.pop(), {"position": position.pk})
    hands = iter([cookies[number * each : (number + 1) * each] for number in range(ROUNDS)])
    rounds = in_turn(
        watch,
        lambda: limits.transactions(stage.database, stage.pgbench, _take_place("1"), 8, 250),
        lambda: knock(port, [_sign_up(position, one) for one in next(hands)], 8).expect(302).per_second,
    )
    check_places([position], each * ROUNDS + 1)
    rushed = _rush(port, street, cookies[:8])
    row.note = f"{rushed:,} activities of 5 places rushed by 8 people at once: none over-filled, counter = rows in all"
    return from_rounds(row, rounds, Goal(at_least=0.15))


def _rush(port: int, street: "Street", crowd: list[str]) -> int:
    """Eight people press the button of one activity of five places at once, then of the next: of a thousand,
    or of as many as half a minute allows. Returns how many; raises Wrong when one is not as it should be."""
    rushed, begun = 0, time.perf_counter()
    while rushed < 1000 and time.perf_counter() - begun < 30:
        positions = street.positions(100, 5)
        seen = knock(port, [_sign_up(one, who) for one in positions for who in crowd], len(crowd)).expect(302)
        check_places(positions, len(seen.answers))
        rushed += len(positions)
    return rushed


def signup_spread(row: Row, stage: Stage, street: "Street", watch: Watch) -> Row:
    """As many people over 50 activities."""
    row.unit, row.peer = "sign-ups/s", "0.014"
    row.measured = "POST of the button, 50 activities, 8 clients; limit: the same over 50 rows, 8 connections"
    each, port = 300, stage.web()
    positions = street.positions(50, each)
    _page(f"/activities/{positions[0].activity_id}/")
    cookies = [street.cookie(one.user) for one in street.volunteers(each)]
    _bare_positions(stage, 50)
    numbers = itertools.count()

    def portal() -> float:
        turn = next(numbers)
        knocks = [_sign_up(positions[(number + turn) % 50], who) for number, who in enumerate(cookies)]
        return knock(port, knocks, 8).expect(302).per_second

    row.queries = None
    rounds = in_turn(
        watch,
        lambda: limits.transactions(
            stage.database, stage.pgbench, _take_place("(SELECT 1 + floor(random() * 50)::int)"), 8, 400
        ),
        portal,
    )
    check_places(positions, each * ROUNDS)
    row.note = "counter = rows in all"
    return from_rounds(row, rounds, Goal(at_least=0.06))


# --- Counting -------------------------------------------------------------------------------------
def dashboard(row: Row, stage: Stage, street: "Street", watch: Watch) -> Row:
    """The official's dashboard with a year of counts beside one read of the rows of thirty days."""
    row.unit, row.peer = "ms p50", "458×"
    row.measured = "GET /dashboard/ by an official, a year of tallies; limit: one read of 30 days of them"
    path, cookies = _page("/dashboard/"), street.cookie(street.official)
    tallies = street.tallies(366)
    street.cases(100_000)
    row.queries = _queries(path, cookies)
    sql = (
        "SELECT metric, day, community_id, slice, value FROM campaign_tally "
        f"WHERE committee_id = {street.committee.pk} AND day > current_date - 30"
    )
    one, port = Knock(path, cookies), stage.web()
    rounds = in_turn(
        watch, lambda: limits.reads(stage.database, sql, 60) * 1000, lambda: _median_of(port, one, 30)
    )
    row.note = f"{tallies or 'the same'} rows of tallies"
    return from_rounds(row, rounds, Goal(at_most=4, queries=8))


def dashboard_tenfold(row: Row, stage: Stage, street: "Street", watch: Watch) -> Row:
    """The same dashboard when the street has ten times as many facts behind it."""
    row.unit, row.measured = "ms p50", "GET /dashboard/ at 100,000 cases; limit: the same at 10,000"
    path, cookies = _page("/dashboard/"), street.cookie(street.official)
    street.tallies(366)
    one, port = Knock(path, cookies), stage.web()
    street.cases(10_000)
    before = [_median_of(port, one, 30) for _round in range(ROUNDS)]
    street.cases(100_000)
    after = [_median_of(port, one, 30) for _round in range(ROUNDS)]
    return from_rounds(row, list(zip(before, after, strict=True)), Goal(at_most=1.1))


def recount_day(row: Row, stage: Stage, street: "Street", watch: Watch) -> Row:
    """One day of 720 cases is counted again, beside the same GROUP BY."""
    from django.db import connection

    from campaign import tallies

    row.unit = "ms p50"
    row.measured = "tallies.count_bucket of a day with 720 cases among 100,000; limit: the same GROUP BY"
    street.cases(100_000)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reported_on FROM grids_case WHERE code LIKE 'B%%' ORDER BY id OFFSET 40000 LIMIT 1"
        )
        (day,) = cursor.fetchone()
    sql = (
        "SELECT reported_on, committee_id, community_id, source, count(*) FROM grids_case "
        f"WHERE reported_on = '{day}' GROUP BY 1, 2, 3, 4"
    )

    def portal() -> float:
        return (
            statistics.median(
                limits.timed(lambda: tallies.count_bucket("grids.cases_opened", day)) for _time in range(30)
            )
            * 1000
        )

    tallies.count_bucket("grids.cases_opened", day)
    rounds = in_turn(watch, lambda: limits.reads(stage.database, sql, 60) * 1000, portal)
    counted = tallies.total("grids.cases_opened", day, day)
    if counted != 720:
        raise Wrong(f"the day has 720 cases and was counted as {counted}")
    with (
        connection.cursor() as cursor
    ):  # a bucket of the whole history, to tell the count from what surrounds it
        cursor.execute("SELECT min(reported_on), max(reported_on) FROM grids_case WHERE code LIKE 'B%%'")
        first, last = cursor.fetchone()
    whole = limits.timed(lambda: tallies.recount("grids.cases_opened", first, last))
    bare = limits.reads(stage.database, sql.replace(f"= '{day}'", f"BETWEEN '{first}' AND '{last}'"), 3)
    row.note = (
        "of which the lock, the marks, the tallies and the commit are the larger part; "
        f"recounting all {(last - first).days + 1} days at once took {whole / bare:.2g}× their GROUP BY"
    )
    return from_rounds(row, rounds, Goal(at_most=1.5))


def seen_after(row: Row, stage: Stage, street: "Street", watch: Watch) -> Row:
    """How long after its commit a fact stands in the tally, while a worker counts and facts keep coming."""
    import datetime

    from celery import current_app

    from campaign import tallies
    from campaign.models import PublicityEntry

    row.unit, row.measured = (
        "s",
        "longest wait from commit to tally, one worker with Redis, facts at up to 100/s; limit: 5 s",
    )
    day, key = datetime.date.today(), "publicity.leaflets"
    while tallies.count_marked():
        pass
    current_app.control.purge()
    written = PublicityEntry.objects.filter(kind="leaflet", day=day).count()
    figures, rates = [], []
    with stage.program("celery", "--app", "config", "worker", "--concurrency", "2", "--loglevel", "WARNING"):
        _trickle(street, key, day, written, count=1, within=60)  # the worker is awake
        written += 1
        for _round in range(ROUNDS):
            watch.lap()
            begun = time.perf_counter()
            figures.append(max(_trickle(street, key, day, written, count=300, within=60)))
            written += 300
            rates.append(300 / (time.perf_counter() - begun))
            watch.lap()
    if tallies.total(key, day, day) != written:
        raise Wrong("the tally is not the number of facts")
    row.note = f"{statistics.median(rates):.0f} facts a second were written"
    return alone(row, figures, Goal(at_most=5, of="portal"))


def _trickle(
    street: "Street", key: str, day: object, before: int, *, count: int, within: float
) -> list[float]:
    """Writes `count` facts, at most 100 a second, and returns how long each waited to be seen in the tally."""
    from campaign import publicity, tallies

    begun, committed, waits, looked = time.perf_counter(), [], [], 0.0
    while len(waits) < count:
        now = time.perf_counter()
        if len(committed) < count and now >= begun + len(committed) / 100:
            publicity.enter(
                street.official,
                community=street.communities[0],
                kind="leaflet",
                day=day,
                quantity=1,
                team=street.team,
            )
            committed.append(time.perf_counter())
        if now - looked > 0.1:
            seen, looked = int(tallies.total(key, day, day)) - before, time.perf_counter()
            waits += [looked - moment for moment in committed[len(waits) : max(0, seen)]]
        if now - begun > within:
            raise Wrong(f"{count - len(waits)} of {count} facts were not counted within {within:.0f} s")
        time.sleep(0.002)
    return waits


# --- Schedules ------------------------------------------------------------------------------------
def slots(row: Row, stage: Stage, street: "Street", watch: Watch) -> Row:
    """A year of patrols for 192 plans beside COPY of the same rows; and again, which must be none."""
    from datetime import date, timedelta

    from django.db import connection

    from grids import patrols
    from grids.models import Patrol, PatrolPlan

    row.unit, row.peer = "rows/s", "0.13 (bulk_create)"
    row.measured = (
        "patrols.schedule of a year for 192 plans; limit: COPY of the same rows into the same table"
    )
    first = date(2021, 1, 1)
    street.plans(192, first)
    limits.like(stage.database, "grids_patrol")
    made = []

    def portal() -> float:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE grids_patrol CASCADE; UPDATE grids_patrolplan SET filled_until = NULL")
            cursor.execute("TRUNCATE campaign_mark")
        begun = time.perf_counter()
        made.append(patrols.schedule(first + timedelta(days=364)))
        return made[-1] / (time.perf_counter() - begun)

    portal()  # brings the rows that the limit copies
    rounds = in_turn(
        watch, lambda: limits.copy(stage.database, "grids_patrol", "SELECT * FROM grids_patrol")[0], portal
    )
    days = [first + timedelta(days=number) for number in range(365)]
    thrice_a_week = sum(day.weekday() in (0, 2, 4) for day in days)
    due = sum(365 if plan.rule == "FREQ=DAILY" else thrice_a_week for plan in PatrolPlan.objects.all())
    if set(made) != {due} or Patrol.objects.count() != due:
        raise Wrong(f"{due} patrols are due, {Patrol.objects.count()} are there, {made} were said to be made")
    PatrolPlan.objects.update(filled_until=None)
    if again := patrols.schedule(first + timedelta(days=364)) or Patrol.objects.count() - due:
        raise Wrong(f"a second schedule made {again} more patrols")
    row.note = f"{due:,} patrols; scheduling them again made none"
    return from_rounds(row, rounds, Goal(at_least=0.40))


def volunteer_import(row: Row, stage: Stage, street: "Street", watch: Watch) -> Row:
    """13,000 volunteers from a workbook."""
    row.goal, row.peer = "≥ 0.1 of the limit", "0.005"
    raise NotYet("the import of volunteers from .xlsx belongs to a later issue")


# --- What a phone loads ---------------------------------------------------------------------------
def phone_weight(row: Row, stage: Stage, street: "Street", watch: Watch) -> Row:
    """What a phone loads with an empty cache: the page and everything that it names."""
    row.unit, row.measured = (
        "KiB",
        "first load of the heavier of /activities/ and /today/, all assets, as sent",
    )
    weights = {path: sum(_loaded(stage.web(), path, street)) for path in _phone_pages(street)}
    row.note = ", ".join(f"{path} {weight:.1f} KiB" for path, weight in weights.items())
    return alone(row, [max(weights.values())], Goal(at_most=150, of="portal"))


def phone_weight_after(row: Row, stage: Stage, street: "Street", watch: Watch) -> Row:
    """What each further page loads: the page alone, if its assets may be kept."""
    row.unit, row.measured = "KiB", "the heavier of the two pages with all assets kept"
    weights = {path: _loaded(stage.web(), path, street)[0] for path in _phone_pages(street)}
    row.note = ", ".join(f"{path} {weight:.1f} KiB" for path, weight in weights.items())
    return alone(row, [max(weights.values())], Goal(at_most=30, of="portal"))


def _phone_pages(street: "Street") -> list[str]:
    from volunteers.models import Activity

    if not Activity.objects.exists():
        street.positions(20, 10)
    pages = [_page("/activities/")]
    with contextlib.suppress(NotYet):
        pages.append(_page("/today/"))
    return pages


def _loaded(port: int, path: str, street: "Street") -> tuple[float, float]:
    """KiB over the wire of the page, and of all that it names and that a browser then asks for."""
    line = Line(port)
    cookies = street.cookie(street.official) if path == "/today/" else ""
    status, head, body = line.ask(Knock(path, cookies).to_bytes(port))
    if status != 200:
        raise Wrong(f"{path} answers {status}")
    page, assets, seen = len(head) + 4 + len(body), 0, set()
    open_ = [urljoin(path, name) for name in _named_by(_unzipped(body).decode())]
    while open_:
        name = open_.pop()
        if name in seen:
            continue
        seen.add(name)
        if re.match(r"(https?:)?//", name):
            raise Wrong(f"{path} asks for something outside: {name}")
        status, head, body = line.ask(Knock(name).to_bytes(port))
        if status != 200:
            raise Wrong(f"{path} names {name}, which answers {status}")
        assets += len(head) + 4 + len(body)
        if name.endswith(".css"):
            named = re.findall(r"url\([\"']?([^)\"']+)", _unzipped(body).decode())
            open_ += [urljoin(name, one) for one in named if not one.startswith(("data:", "#"))]
    line.close()
    return page / 1024, assets / 1024


def _named_by(page: str) -> list[str]:
    links = [
        tag
        for tag in re.findall(r"<link\b[^>]*>", page)
        if re.search(r'rel="?(stylesheet|icon|manifest|preload)', tag)
    ]
    tags = links + re.findall(r"<(?:script|img)\b[^>]*>", page)
    named = [re.search(r'\b(?:href|src)="([^"]+)"', tag) for tag in tags]
    return [found[1] for found in named if found and not found[1].startswith("data:")]


def _unzipped(body: bytes) -> bytes:
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


# --- The demo on one machine ----------------------------------------------------------------------
def load_demo(row: Row, stage: Stage, street: "Street", watch: Watch) -> Row:
    """The Huguo year into an empty SQLite."""
    row.unit, row.measured = "s", "manage.py load_huguo into an empty SQLite, once; limit: 60 s"
    variables = _plain(stage)
    _manage(variables, "migrate", "--verbosity", "0")
    watch.lap()
    took = limits.timed(lambda: _manage(variables, "load_huguo"))
    (stage.folder / "demo" / "loaded").touch()
    row.note = "measured once"
    return alone(row, [took], Goal(at_most=60, of="portal"))


def memory(row: Row, stage: Stage, street: "Street", watch: Watch) -> Row:
    """All processes of bin/serve with the demo, after its pages were opened."""
    row.unit, row.measured = (
        "MiB",
        "all processes of bin/serve on SQLite, shared pages once (PSS); limit: 800 MiB",
    )
    variables, port = _plain(stage), servers.free_port()
    if not (stage.folder / "demo" / "loaded").exists():
        _manage(variables, "migrate", "--verbosity", "0")
        _manage(variables, "load_huguo")
    stage.end_web()
    with (stage.folder / "serve.log").open("wb") as log:
        serve = subprocess.Popen(
            ["bin/serve", "--port", str(port)], cwd=ROOT, env=variables, stdout=log, stderr=log,
            preexec_fn=servers.ends_with_us(),
        )  # fmt: skip
    try:
        _until_well(serve, port, stage.folder / "serve.log")
        seen: list[Seen] = [knock(port, [Knock(path)] * 40, 4) for path in ("/", "/activities/")]
        for one in seen:
            one.expect(200)
        pss, rss = machine.memory(serve.pid)
    finally:
        serve.terminate()
        serve.wait(60)
    row.note = f"with each shared page counted as often as it is mapped (RSS): {rss:.0f} MiB"
    return alone(row, [pss], Goal(at_most=800, of="portal"))


def _plain(stage: Stage) -> dict[str, str]:
    """The environment of a bare machine: no server, no production."""
    ours = (
        "DATABASE_URL",
        "REDIS_URL",
        "PORTAL_ENV",
        "SECRET_KEY",
        "ALLOWED_HOSTS",
        "TRUSTED_PROXY_COUNT",
        "LOG_LEVEL",
    )
    variables = {name: value for name, value in os.environ.items() if name not in ours}
    return variables | {"VAR_DIR": str(stage.folder / "demo")}


def _manage(variables: dict[str, str], *command: str) -> None:
    said = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=variables, capture_output=True, text=True
    )
    if said.returncode:
        raise Wrong(f"manage.py {command[0]} failed: {(said.stderr or said.stdout).strip()[-500:]}")


def _until_well(serve: subprocess.Popen, port: int, log: Path) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and serve.poll() is None:
        try:
            with direct.open(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.3)
    raise Wrong(f"bin/serve did not come up: {log.read_text(errors='replace')[-500:]}")


WORKS: dict[str, Callable[[Row, Stage, "Street", Watch], Row]] = {
    work.__name__: work
    for work in (
        public_page,
        phone_weight,
        phone_weight_after,
        case_report,
        signup_hot,
        signup_spread,
        slots,
        seen_after,
        dashboard_tenfold,
        dashboard,
        recount_day,
        case_list,
        case_list_page,
        case_list_million,
        volunteer_import,
        load_demo,
        memory,
    )
}
LONG = frozenset({"case_list_million"})
"""works left out unless asked for by name"""
