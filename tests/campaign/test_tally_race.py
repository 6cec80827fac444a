"""Counting while others write: inserts, edits, deletes and moves between days, and no bucket drifts.

With the negative controls: a counter that counts first and takes the marks away afterwards drifts under the same
writers, for ever, because the mark of a fact that it did not see is gone; and so does a mark that is left out where
one stands (campaign/models/mark.py).
"""

import datetime
import multiprocessing
import random
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from campaign import marks, registry, tallies
from campaign.models import Mark, Tally
from grids.models import VisitBatch
from tests.cast import cast
from tests.processes import together

__all__ = ["cast"]

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

FIRST = datetime.date(2026, 3, 2)
DAYS = 40
"""The writers move through the days together: they and the counters meet in the same few buckets, and a bucket
that they have left is mended by nobody."""
KEYS = ("visits.residents", "visits.firms")
WRITERS, COUNTERS = 4, 2
SECONDS = 5.0


def keep_writing(cast, index: int, until: float) -> int:
    """Inserts, edits, moves, deletes, in every way that the portal writes; some are undone at the end."""
    chance = random.Random(index)
    written = 0
    while time.monotonic() < until:
        try:
            with transaction.atomic():
                write_something(cast, chance, today=int(DAYS * (1 - (until - time.monotonic()) / SECONDS)))
                if chance.random() < 0.1:
                    raise Undone
        except Undone:
            continue
        written += 1
        time.sleep(chance.uniform(0, 0.004))
    return written


class Undone(Exception):
    """The writer changed its mind: nothing of the transaction may be counted."""


def write_something(cast, chance: random.Random, today: int) -> None:
    day = FIRST + timedelta(days=max(0, min(DAYS - 1, today - chance.randrange(2))))
    kind = chance.choice(VisitBatch.Kind.values)
    late = list(VisitBatch.objects.order_by("-pk")[:8])
    row = chance.choice(late) if late and chance.random() < 0.6 else None
    way = chance.randrange(5)
    if row is None:
        rows = [visit(cast, chance, kind, day) for _row in range(chance.randrange(1, 4))]
        if way % 2:
            VisitBatch.objects.bulk_create(rows)
        else:
            for one in rows:
                one.save()
    elif way == 0:
        row.delete()
    elif way == 1:
        VisitBatch.objects.filter(pk=row.pk).update(day=day, visits=chance.randrange(1, 99))
    elif way == 2:
        VisitBatch.objects.filter(pk__lte=row.pk, day=row.day, kind=row.kind).delete()
    elif VisitBatch.objects.filter(pk=row.pk).exists():
        row.day, row.kind, row.visits = day, kind, chance.randrange(1, 99)
        try:
            row.save(force_update=True)
        except DatabaseError:
            # Another deleted it meanwhile; a plain save would put it in again, and two at once would collide.
            raise Undone from None


def visit(cast, chance: random.Random, kind: str, day: datetime.date) -> VisitBatch:
    return VisitBatch(
        committee=cast.huguo,
        community=chance.choice((cast.a, cast.b)),
        kind=kind,
        day=day,
        visits=chance.randrange(1, 99),
    )


def keep_counting(count: Callable[[], int], until: float) -> int:
    counted = 0
    while time.monotonic() < until:
        counted += count()
        time.sleep(0.002)
    return counted


def drifted() -> list[tuple]:
    """The buckets whose tally is not what their rows say."""
    last = FIRST + timedelta(days=DAYS)
    wrong = []
    for key in KEYS:
        facts = registry.metrics[key].count(FIRST, last)
        rows = Tally.objects.filter(metric=key).values_list("day", "committee", "community", "slice", "value")
        stated = {row[:4]: row[4] for row in rows}
        wrong += [(key, *bucket) for bucket in facts | stated if facts.get(bucket) != stated.get(bucket)]
    return wrong


def run(cast, count: Callable[[], int]) -> list:
    until = time.monotonic() + SECONDS

    def work(index: int) -> int:
        if index < WRITERS:
            return keep_writing(cast, index, until)
        return keep_counting(count, until)

    outcomes = together(WRITERS + COUNTERS, work)
    while count():  # what the writers left at the end
        pass
    return outcomes


def test_no_bucket_drifts_while_writers_insert_edit_delete_and_move(cast):
    outcomes = run(cast, tallies.count_marked)
    assert [outcome.error for outcome in outcomes] == [None] * (WRITERS + COUNTERS)
    assert sum(outcome.value for outcome in outcomes[:WRITERS]) > 50
    assert sum(outcome.value for outcome in outcomes[WRITERS:]) > 10
    assert not Mark.objects.filter(metric__in=KEYS).exists()
    assert drifted() == []
    assert tallies.audit() == []


# --- The negative controls ------------------------------------------------------------------------------
def count_and_then_take_the_marks() -> int:
    """The counter one writes first: look which days are marked, count them, write, and tidy the marks away."""
    marked = set(Mark.objects.values_list("metric", "day"))
    for key, day in marked:
        counted = registry.metrics[key].count(day, day) if key in KEYS else None
        time.sleep(0.02)
        with transaction.atomic():
            Mark.objects.filter(metric=key, day=day).delete()
            if counted is not None:
                tallies._replace(key, day, day, counted)
    return len(marked)


def test_control_a_counter_that_takes_the_marks_after_counting_drifts(cast):
    def one_at_a_time() -> int:
        try:
            return count_and_then_take_the_marks()
        except Exception:  # two such counters also trip over each other; that is not what is shown here
            return 0

    run(cast, one_at_a_time)
    assert drifted()
    assert tallies.audit()  # and the nightly audit finds it


@pytest.fixture
def one_mark_a_day(cast):
    """The index that a mark would need that leaves it at the one that stands."""
    Mark.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("CREATE UNIQUE INDEX mark_once ON campaign_mark (metric, day)")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX mark_once")


def write_and_commit_after_the_count(cast) -> None:
    """A day is marked; then one writes a second fact of that day, and commits when a counter has been there."""
    visit(cast, random.Random(1), "resident", FIRST).save()
    fork = multiprocessing.get_context("fork")
    written, counted = fork.Event(), fork.Event()

    def work(index: int) -> None:
        if index == 0:
            with transaction.atomic():
                visit(cast, random.Random(2), "resident", FIRST).save()
                written.set()
                assert counted.wait(60)
        else:
            assert written.wait(60)
            tallies.count_marked()
            counted.set()

    assert [outcome.error for outcome in together(2, work)] == [None, None]
    while tallies.count_marked():
        pass


# SQLite lets one writer in at a time: no counter comes between a fact and its commit.
@pytest.mark.postgres
def test_a_fact_that_is_committed_after_the_count_has_a_mark_of_its_own(cast):
    write_and_commit_after_the_count(cast)
    assert drifted() == []


@pytest.mark.postgres
def test_control_a_mark_that_ignores_conflicts_drifts(cast, one_mark_a_day, monkeypatch):
    """INSERT … ON CONFLICT DO NOTHING: the mark that stands is the other fact's, and goes with the count."""
    monkeypatch.setattr(
        marks, "_append", lambda marked: Mark.objects.bulk_create(list(marked), ignore_conflicts=True)
    )
    write_and_commit_after_the_count(cast)
    assert drifted()
    assert tallies.audit()
