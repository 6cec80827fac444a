"""Steps with many cases under attack: workers that are killed at any moment, and two batches over the same cases."""

import contextlib
import random
import time

import pytest

from campaign.errors import Refused
from grids.cases import bulk, moving, writing
from grids.models import Case, CaseBatch, CaseBatchItem, CaseEvent
from grids.workflow import MOVES, State
from tests.grids import test_schedulers_at_once
from tests.grids.scene import case_at
from tests.processes import together

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

CASES = 30
WORKERS = 3


@pytest.fixture
def rows(streets):
    return [case_at(streets.huguo, streets.a, streets.litter) for _one in range(CASES)]


def running(streets, rows, move="file", **given) -> CaseBatch:
    """A batch that was tried and begun, with every case still to do."""
    seen = Case.objects.filter(pk__in=[row.pk for row in rows])
    batch = bulk.check(bulk.choose(seen, by=streets.official), move, **given)
    bulk.advance(batch)
    CaseBatch.objects.filter(pk=batch.pk).update(state=CaseBatch.State.RUNNING)
    batch.refresh_from_db()
    return batch


def killed_again_and_again(monkeypatch, batch) -> None:
    monkeypatch.setattr(test_schedulers_at_once, "SECONDS", 2.0)
    work = lambda: bulk.advance(batch)  # noqa: E731
    attack = test_schedulers_at_once.keep_killing
    outcomes = together(WORKERS, lambda index: attack(work, random.Random(index)))
    assert [outcome.error for outcome in outcomes] == [None] * WORKERS
    bulk.advance(batch)  # whoever comes next


def wounds(batch) -> list[str]:
    """Cases of the batch that were done twice, or done without the batch knowing."""
    found = []
    for item in batch.items.select_related("case"):
        events = list(
            CaseEvent.objects.filter(case=item.case_id, move=batch.move).values_list("pk", flat=True)
        )
        if len(events) != 1 or item.outcome != "changed" or item.event_id != events[0]:
            found.append(f"{item.pk}: {item.outcome}, {len(events)} events")
    return found


def test_killed_workers_leave_nothing_undone_and_nothing_done_twice(streets, rows, monkeypatch):
    batch = running(streets, rows)
    killed_again_and_again(monkeypatch, batch)
    batch.refresh_from_db()
    assert batch.state == CaseBatch.State.DONE
    assert wounds(batch) == []


def test_control_noting_it_afterwards_loses_what_was_done(streets, rows, monkeypatch):
    def in_two_steps(key: int, state: str) -> bool:
        item = CaseBatchItem.objects.select_related("batch").get(pk=key)
        if item.outcome != "would":
            return False
        bulk._do(item, CaseBatch.objects.select_related("by").get(pk=item.batch_id))
        time.sleep(0.02)
        item.save()
        return True

    monkeypatch.setattr(bulk, "_look_at", in_two_steps)
    batch = running(streets, rows)
    killed_again_and_again(monkeypatch, batch)
    assert wounds(batch)


def test_two_batches_over_the_same_cases_change_each_once(streets, rows):
    batches = [running(streets, rows, "dispatch", unit=unit) for unit in (streets.unit_a, streets.unit_b)]
    outcomes = together(2, lambda index: bulk.advance(batches[index]))
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert CaseEvent.objects.filter(move="dispatch").count() == CASES
    changed = [bulk.counts(batch)["changed"] for batch in batches]
    assert sum(changed) == CASES
    for batch, unit in zip(batches, (streets.unit_a, streets.unit_b), strict=True):
        done = batch.items.filter(outcome="changed").values("case")
        assert Case.objects.filter(pk__in=done, unit=unit).count() == done.count()


def test_control_looking_without_the_lock_dispatches_twice(streets, rows):
    units = (streets.unit_a, streets.unit_b)

    def naive(index: int) -> None:
        for row in rows[:15]:
            case = Case.objects.select_related("category").get(pk=row.pk)
            if case.state != State.RECEIVED:
                continue
            time.sleep(0.02)
            writing.make(
                case, MOVES["dispatch"], by=streets.official, now=case.reported_at, unit=units[index]
            )

    outcomes = together(2, naive)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert CaseEvent.objects.filter(move="dispatch").count() > 15


def test_two_workers_that_close_at_once_tell_each_reporter_once(streets, rows, settings):
    from campaign.models import OutboxMessage
    from grids.cases import add_photo
    from tests.grids.conftest import photo

    settings.SMS_GATEWAY = "tests.house.gateways.send"
    main, twins = rows[0], rows[1:6]
    for number, row in enumerate(twins):
        Case.objects.filter(pk=row.pk).update(
            state=State.DUPLICATE, merged_into=main, reporter_phone=f"1390000000{number}"
        )
    Case.objects.filter(pk=main.pk).update(state=State.HANDLED, unit=streets.unit_a)
    add_photo(main, photo("green"), "after")
    batches = [running(streets, [main], "verify") for _again in range(2)]

    def work(index: int) -> None:
        bulk.advance(batches[index % 2])
        with contextlib.suppress(Refused):
            moving.move(main, "verify", by=streets.official)

    together(4, work)
    told = OutboxMessage.objects.values_list("recipient", flat=True)
    assert sorted(told) == [f"1390000000{number}" for number in range(5)]
