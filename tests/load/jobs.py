"""What is measured of the work behind the pages: counting, plans, the import, the demo on one machine.

Each work takes its empty row and fills it; docs/performance.md says what each means.
"""

import os
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

from tests import servers
from tests.load import limits, machine
from tests.load.clients import Knock, Seen, knock
from tests.load.machine import Watch
from tests.load.rows import Goal, NotYet, Row, Wrong, alone, from_rounds
from tests.load.stage import ROOT, Stage
from tests.load.turns import ROUNDS, in_turn, median_of, page, queries

if TYPE_CHECKING:  # it imports the models, which must wait until Django is awake
    from tests.load.street import Street


# --- Counting -------------------------------------------------------------------------------------
def dashboard(row: Row, stage: Stage, street: "Street", watch: Watch) -> Row:
    """The official's dashboard with a year of counts beside one read of the rows of thirty days."""
    row.unit, row.peer = "ms p50", "458×"
    row.measured = "GET /dashboard/ by an official, a year of tallies; limit: one read of 30 days of them"
    path, cookies = page("/dashboard/"), street.cookie(street.official)
    tallies = street.tallies(366)
    street.cases(100_000)
    row.queries = queries(path, cookies)
    sql = (
        "SELECT metric, day, community_id, slice, value FROM campaign_tally "
        f"WHERE committee_id = {street.committee.pk} AND day > current_date - 30"
    )
    one, port = Knock(path, cookies), stage.web()
    rounds = in_turn(
        watch, lambda: limits.reads(stage.database, sql, 60) * 1000, lambda: median_of(port, one, 30)
    )
    row.note = f"{tallies or 'the same'} rows of tallies"
    return from_rounds(row, rounds, Goal(at_most=4, queries=8))


def dashboard_tenfold(row: Row, stage: Stage, street: "Street", watch: Watch) -> Row:
    """The same dashboard when the street has ten times as many facts behind it."""
    row.unit, row.measured = "ms p50", "GET /dashboard/ at 100,000 cases; limit: the same at 10,000"
    path, cookies = page("/dashboard/"), street.cookie(street.official)
    street.tallies(366)
    one, port = Knock(path, cookies), stage.web()
    street.cases(10_000)
    before = [median_of(port, one, 30) for _round in range(ROUNDS)]
    street.cases(100_000)
    after = [median_of(port, one, 30) for _round in range(ROUNDS)]
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
