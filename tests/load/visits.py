"""What is measured of pages and forms: what somebody waits for who reads, reports or signs up.

Each work takes its empty row and fills it; docs/performance.md says what each means.
"""

import contextlib
import gzip
import itertools
import re
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin

from tests.load import limits
from tests.load.clients import CSRF, Knock, Line, knock
from tests.load.machine import Watch
from tests.load.rows import Goal, NotYet, Row, Wrong, alone, from_rounds
from tests.load.stage import Stage
from tests.load.turns import ROUNDS, in_turn, median_of, page, queries

if TYPE_CHECKING:  # it imports the models, which must wait until Django is awake
    from tests.load.street import Street


# --- The public page ------------------------------------------------------------------------------
def public_page(row: Row, stage: Stage, street: "Street", watch: Watch) -> Row:
    """The anonymous home beside Django that says hello after one indexed SELECT."""
    row.unit, row.measured = (
        "pages/s",
        "anonymous GET /, 4 clients; limit: hello with one SELECT, same gunicorn",
    )
    home, hello = stage.web(), stage.web("tests.load.hello")
    one = Knock("/")
    row.queries = queries("/")
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
    one = Knock(page(path.partition("?")[0]) + "?" + path.partition("?")[2], cookies)
    row.queries = queries(one.path, cookies)
    return from_rounds(
        row,
        in_turn(
            watch,
            lambda: limits.reads(stage.database, _list_sql(street), 60) * 1000,
            lambda: median_of(port, one, times),
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
    one = Knock(page("/api/v1/cases/") + "?page_size=100", cookies)
    street.cases(100_000)
    before = [median_of(port, one, 40) for _round in range(ROUNDS)]
    street.cases(1_000_000)
    after = [median_of(port, one, 40) for _round in range(ROUNDS)]
    row.queries = queries(one.path, cookies)
    return from_rounds(row, list(zip(before, after, strict=True)), Goal(at_most=1.3))


def case_report(row: Row, stage: Stage, street: "Street", watch: Watch) -> Row:
    """A resident's report beside the two inserts that it comes to."""
    from grids.models import Case, CaseEvent

    row.unit, row.peer = "reports/s", "0.008"
    row.measured = "POST /report/ without a photo, 2 clients; limit: insert of case and event, 2 connections"
    page("/report/")
    port = stage.web()
    fields = _fields_of_report(port, street)
    fields["anyway"] = "1"  # each report here is of the same place, and none wants to be asked about it
    row.queries = queries("/report/", f"csrftoken={CSRF}", fields | _fresh())
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
    page(f"/activities/{position.activity_id}/")
    people = street.volunteers(each * ROUNDS + 1)
    cookies = [street.cookie(one.user) for one in people]
    _bare_positions(stage, 1)
    row.queries = queries(f"/activities/{position.activity_id}/", cookies.pop(), {"position": position.pk})
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
    page(f"/activities/{positions[0].activity_id}/")
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
    pages = [page("/activities/")]
    with contextlib.suppress(NotYet):
        pages.append(page("/today/"))
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
