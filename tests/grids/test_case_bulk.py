"""One step with many cases: tried, made by the same verb as alone, and taken back within a day."""

import datetime
import uuid
from datetime import timedelta

import pytest
import time_machine

from campaign.errors import Refused
from campaign.recurrence import SHANGHAI
from grids import cases
from grids.cases import bulk
from grids.models import Case, CaseBatch, CaseBatchItem, CaseEvent
from grids.workflow import MOVES, State
from tests.grids.scene import case_at

NOW = datetime.datetime(2026, 11, 4, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def rows(streets):
    """Five cases to be dispatched, and two that are past it."""
    fresh = [case_at(streets.huguo, streets.a, streets.litter, zone=streets.zone) for _one in range(5)]
    ended = [
        case_at(streets.huguo, streets.a, streets.litter, state=State.WITHDRAWN, closed_at=NOW)
        for _one in "ab"
    ]
    return fresh + ended


def chosen(streets, rows, by=None) -> CaseBatch:
    seen = Case.objects.visible_to(by or streets.official).filter(pk__in=[row.pk for row in rows])
    return bulk.choose(seen, by=by or streets.official)


def states(rows) -> list[str]:
    return list(
        Case.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk").values_list("state", flat=True)
    )


def as_it_stands(pk: int | None = None) -> list[dict]:
    """Cases without what only says when their clocks are looked at next, and how often they began."""
    rows = Case.objects.filter(pk=pk) if pk else Case.objects.all()
    unseen = ("clock_at", "clock_run", "warn_at", "response_warn_at")
    return [{key: row[key] for key in row if key not in unseen} for row in rows.order_by("pk").values()]


def beside_it(case: Case) -> list:
    """What moves write beside a case: requests of handlers, re-checks, what its clocks put on record."""
    return [
        list(rows.order_by("pk").values()) for rows in (case.applications, case.rechecks, case.clock_records)
    ]


def everything() -> list:
    return [list(model.objects.order_by("pk").values()) for model in (Case, CaseEvent)]


def test_a_trial_says_what_would_change_and_why_not_and_changes_nothing(streets, rows):
    batch, before = chosen(streets, rows), everything()
    batch = bulk.check(batch, "dispatch", unit=streets.unit_a)
    assert everything() == before
    assert batch.state == CaseBatch.State.CHECKED
    told = bulk.counts(batch)
    assert (told["would"], told["refused"], told["all"]) == (5, 2, 7)
    whys = set(batch.items.filter(outcome="refused").values_list("why", flat=True))
    assert whys == {"案件现为“已撤销”，不能办理这一步。"} or all(whys)


def test_every_case_goes_through_the_verb(streets, rows):
    batch = bulk.start(bulk.check(chosen(streets, rows), "dispatch", unit=streets.unit_a))
    assert batch.state == CaseBatch.State.DONE
    assert states(rows[:5]) == [State.DISPATCHED] * 5
    assert states(rows[5:]) == [State.WITHDRAWN] * 2
    alone = cases.move(
        case_at(streets.huguo, streets.a, streets.litter),
        "dispatch",
        by=streets.official,
        unit=streets.unit_a,
    )
    assert set(Case.objects.filter(pk__in=[row.pk for row in rows[:5]]).values_list("due_at", flat=True)) == {
        alone.due_at
    }
    assert CaseEvent.objects.filter(move="dispatch", by=streets.official).count() == 6


def test_without_a_unit_each_goes_to_whom_it_belongs(streets, rows):
    paving = case_at(streets.huguo, streets.a, streets.paving)  # whose category names nobody
    batch = bulk.start(bulk.check(chosen(streets, [*rows[:2], paving]), "dispatch"))
    assert states(rows[:2]) == [State.DISPATCHED] * 2
    assert Case.objects.filter(pk=rows[0].pk, unit=streets.unit_a).exists()
    assert bulk.counts(batch)["refused"] == 1


def test_choosing_starting_and_undoing_twice_is_once(streets, rows):
    key = uuid.uuid4()
    seen = Case.objects.filter(pk__in=[row.pk for row in rows])
    first = bulk.choose(seen, by=streets.official, form_key=key)
    assert bulk.choose(seen, by=streets.official, form_key=key) == first
    with pytest.raises(Refused):
        bulk.choose(seen, by=streets.secretary_a, form_key=key)
    bulk.check(first, "file")
    bulk.start(first), bulk.start(first)
    assert CaseEvent.objects.filter(move="file").count() == 5
    bulk.undo(first, by=streets.official), bulk.undo(first, by=streets.official)
    assert CaseEvent.objects.filter(move="undo").count() == 5


def test_undoing_puts_back_what_has_not_moved_on_and_says_what_has(streets, rows):
    before = as_it_stands()
    batch = bulk.start(bulk.check(chosen(streets, rows), "dispatch", unit=streets.unit_a))
    moved_on = Case.objects.get(pk=rows[1].pk)
    cases.move(moved_on, "accept", by=streets.liaison_a)
    batch = bulk.undo(batch, by=streets.official)
    assert batch.state == CaseBatch.State.UNDONE
    (item,) = batch.items.filter(outcome=CaseBatchItem.Outcome.MOVED_ON)
    assert item.case == moved_on
    assert item.why
    after = as_it_stands()
    assert [row for row in after if row["id"] != moved_on.pk] == [
        row for row in before if row["id"] != moved_on.pk
    ]


def test_after_a_day_it_stays(streets, rows):
    batch = bulk.start(bulk.check(chosen(streets, rows), "file"))
    with time_machine.travel(NOW + timedelta(hours=24, minutes=1)), pytest.raises(Refused) as refusal:
        bulk.undo(batch, by=streets.official)
    assert refusal.value.code == "too_late"


def test_closing_in_bulk_takes_the_message_back_with_it(streets, rows, settings):
    from campaign.models import OutboxMessage
    from tests.grids.test_case_duplicates import photo

    settings.SMS_GATEWAY = "tests.house.gateways.send"
    case = rows[0]
    Case.objects.filter(pk=case.pk).update(reporter_phone="13900000009")
    case = cases.move(Case.objects.get(pk=case.pk), "dispatch", by=streets.official, unit=streets.unit_a)
    case = cases.move(case, "report_back", by=streets.liaison_a, photo=photo("green"))
    batch = bulk.start(bulk.check(chosen(streets, [case]), "verify"))
    assert OutboxMessage.objects.count() == 1
    assert Case.objects.get(pk=case.pk).closed_in_time is True
    bulk.undo(batch, by=streets.official)
    assert OutboxMessage.objects.count() == 0
    undone = Case.objects.get(pk=case.pk)
    assert (undone.state, undone.closed_at, undone.closed_in_time) == (State.HANDLED, None, None)


def test_what_needs_a_photo_of_each_is_not_offered(streets, rows):
    assert "report_back" not in {move.name for move in bulk.moves()}
    assert {"dispatch", "extend", "verify", "close_not_fixed", "merge"} <= {
        move.name for move in bulk.moves()
    }
    for name in ("report_back", "withdraw", "explode", ""):
        with pytest.raises(Refused):
            bulk.check(chosen(streets, rows), name)


def test_many_merge_into_one_of_them(streets, rows):
    main = rows[0]
    batch = bulk.start(bulk.check(chosen(streets, rows[:4]), "merge", merged_into=main))
    assert bulk.counts(batch)["changed"] == 3
    assert Case.objects.filter(merged_into=main, state=State.DUPLICATE).count() == 3


def test_only_cases_in_reach_are_changed(streets, rows):
    """An appointment that ended between choosing and doing changes nothing any more."""
    foreign = case_at(streets.huguo, streets.b, streets.litter)
    batch = chosen(streets, [*rows, foreign])
    CaseBatch.objects.filter(pk=batch.pk).update(by=streets.zone_leader)
    batch.refresh_from_db()
    batch = bulk.start(bulk.check(batch, "file"))
    assert states([foreign]) == [State.RECEIVED]
    assert batch.items.get(case=foreign).outcome == CaseBatchItem.Outcome.REFUSED
    with pytest.raises(Refused):
        bulk.choose(Case.objects.none(), by=streets.official)


def test_a_choice_that_was_left_alone_is_forgotten(streets, rows):
    batch = chosen(streets, rows)
    with time_machine.travel(NOW + timedelta(days=6)):
        bulk.advance_all()
        assert CaseBatch.objects.filter(pk=batch.pk).exists()
    with time_machine.travel(NOW + timedelta(days=8)):
        bulk.advance_all()
    assert not CaseBatch.objects.exists()


def test_a_large_batch_is_left_to_the_worker_and_goes_on_where_it_stopped(streets, rows, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    batch = bulk.check(chosen(streets, rows), "file")
    assert batch.state == CaseBatch.State.CHECKING
    assert bulk.counts(batch)["waiting"] == 5
    with pytest.raises(Refused):
        bulk.check(batch, "dispatch", unit=streets.unit_a)
    with pytest.raises(Refused):
        bulk.start(batch)
    assert bulk.advance_all() == 5
    batch.refresh_from_db()
    assert batch.state == CaseBatch.State.CHECKED
    batch = bulk.start(batch)
    assert bulk.counts(batch)["changed"] == 2
    bulk.advance_all()
    batch.refresh_from_db()
    assert batch.state == CaseBatch.State.DONE
    assert bulk.advance_all() == 0
    assert CaseEvent.objects.filter(move="file").count() == 5


def test_every_move_of_the_table_can_be_taken_back(streets, rows):
    """No move leaves anything behind in the case that undoing does not put back."""
    from tests.grids.test_case_moves import case_in, given_for

    for move in bulk.moves():
        for state in sorted(move.come_from):
            case = case_in(streets, State(state))
            given = {key: value for key, value in given_for(streets, move.name).items() if key != "photo"}
            before, beside = as_it_stands(case.pk), beside_it(case)
            for user in (streets.official, streets.zone_leader, streets.secretary_a, streets.liaison_a):
                try:
                    moved = cases.move(case, move.name, by=user, undoable=True, **given)
                except Refused:
                    continue
                cases.undo(moved.events.order_by("pk").last(), by=user)
                assert as_it_stands(case.pk) == before, (move.name, state)
                assert beside_it(case) == beside, (move.name, state)
                break
            else:
                pytest.fail(f"nobody can {move.name} from {state}: {MOVES[move.name]}")
