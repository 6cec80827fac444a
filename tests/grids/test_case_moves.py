"""Every state × every move × every role: what the table says, the verb does, and nothing else."""

import datetime
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from campaign.errors import Refused
from campaign.recurrence import SHANGHAI
from grids import cases
from grids.models import Case, CaseApplication, CaseEvent, CasePhoto, Recheck
from grids.workflow import ENDED, MOVES, OPEN, REPORTER, State
from tests.cast import person
from tests.grids import case_book
from tests.grids.conftest import photo

NOW = datetime.datetime(2026, 11, 4, 10, 0, tzinfo=SHANGHAI)  # a Wednesday

# Who stands how to a case in community A, zone 1, unit A.
PEOPLE = {
    "official": {"official"},
    "root": {"official"},
    "secretary_a": {"secretary"},
    "zone_leader": {"zone_leader"},
    "patroller": {"patroller"},
    "liaison_a": {"liaison"},
    "team_leader": set(),
    "reporter": {REPORTER},
    "stranger": set(),
    "secretary_b": set(),
    "liaison_b": set(),
    "patroller_b": set(),
    "official_far": set(),
}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def case_in(streets, state: State, reporter=None, handler=None) -> Case:
    """A case that stands in `state` with all that goes with it, written past the verbs."""
    dispatched = state not in (State.RECEIVED, State.FILED, State.WITHDRAWN, State.NOT_OURS)
    case = Case.objects.create(
        committee=streets.huguo,
        community=streets.a,
        zone=streets.zone,
        category=streets.litter,
        source="resident",
        description="路边有垃圾",
        state=state,
        unit=streets.unit_a if dispatched else None,
        reporter=reporter,
        handler=handler,
        reported_at=NOW - timedelta(hours=3),
        reported_on=NOW.date(),
        dispatched_at=NOW - timedelta(hours=1) if dispatched else None,
        due_at=NOW + timedelta(hours=3) if dispatched else None,
        due_on=NOW.date() if dispatched else None,
        suspended_at=NOW - timedelta(minutes=30) if state == State.SUSPENDED else None,
        closed_at=NOW if state in ENDED else None,
        closed_on=NOW.date() if state in ENDED else None,
        merged_into=other_case(streets) if state == State.DUPLICATE else None,
    )
    if state in (State.HANDLED, State.CLOSED):
        cases.add_photo(case, photo("green"), CasePhoto.Stage.AFTER)
    return case


def with_what_waits(streets, case: Case, name: str, checker=None) -> Case:
    """The case with the request or the drawn re-check that the move answers."""
    if "application" in MOVES[name].needs:
        CaseApplication.objects.create(
            case=case, kind="extension", by=streets.liaison_a, at=NOW, reason="材料未到", until=NOW
        )
    if "recheck" in MOVES[name].needs:
        Recheck.objects.create(case=case, closing=1, drawn_at=NOW, percent=5, lot=1, checker=checker)
    return case


def other_case(streets) -> Case:
    return Case.objects.create(
        committee=streets.huguo,
        community=streets.a,
        zone=streets.zone,
        category=streets.litter,
        source="resident",
        description="同一处垃圾",
        reported_at=NOW,
        reported_on=NOW.date(),
    )


def given_for(streets, name: str) -> dict:
    """All that the move needs."""
    needs = MOVES[name].needs
    return {
        "note": "说明" if needs & {"note", "unit"} else "",
        "unit": streets.unit_b if needs & {"unit", "proposed_unit"} else None,
        "photo": photo("blue") if "after_photo" in needs else None,
        "due_at": NOW + timedelta(days=2) if "due_at" in needs else None,
        "merged_into": other_case(streets) if "merged_into" in needs else None,
    }


@pytest.mark.parametrize("state", State.values)
def test_a_move_is_made_from_its_states_by_its_roles_and_refused_otherwise(streets, state):
    reporter = person("报告人")
    for name, wanted in MOVES.items():
        for person_name, roles in PEOPLE.items():
            user = reporter if person_name == "reporter" else getattr(streets, person_name)
            case = case_in(streets, State(state), reporter=user if person_name == "reporter" else None)
            with_what_waits(streets, case, name, user)
            may = state in wanted.come_from and not roles.isdisjoint(wanted.by)
            assert (wanted in cases.allowed(case, user)) is may, (name, person_name)
            check = _is_made if may else _is_refused
            check(streets, case, name, user)


def _is_made(streets, case, name, user):
    state = case.state
    moved = cases.move(case, name, by=user, **given_for(streets, name))
    assert moved.state == (MOVES[name].goes_to or state)
    event = CaseEvent.objects.get(case=case)
    assert (event.move, event.from_state, event.to_state, event.by) == (name, state, moved.state, user)


def _is_refused(streets, case, name, user):
    before = list(Case.objects.filter(pk=case.pk).values())
    with pytest.raises(Refused):
        cases.move(case, name, by=user, **given_for(streets, name))
    assert list(Case.objects.filter(pk=case.pk).values()) == before, (name, user)
    assert not CaseEvent.objects.filter(case=case).exists()


@pytest.mark.parametrize("name", [name for name, move in MOVES.items() if move.needs])
@pytest.mark.parametrize("need", ["note", "unit", "proposed_unit", "after_photo", "due_at", "merged_into"])
def test_what_a_move_needs_must_be_said(streets, name, need):
    wanted = MOVES[name]
    if need not in wanted.needs:
        return
    key = {"after_photo": "photo", "proposed_unit": "unit"}.get(need, need)
    given = given_for(streets, name) | {key: "  " if need == "note" else None}
    by = next(
        getattr(streets, one) for one, roles in PEOPLE.items() if one != "reporter" and roles & wanted.by
    )
    case = with_what_waits(streets, case_in(streets, sorted(wanted.come_from)[0]), name, by)
    with pytest.raises(Refused) as refusal:
        cases.move(case, name, by=by, **given)
    assert refusal.value.code == f"needs_{need}"
    case.refresh_from_db()
    assert case.state in wanted.come_from


def test_an_unknown_move_is_refused(streets):
    with pytest.raises(Refused):
        cases.move(case_in(streets, State.RECEIVED), "delete", by=streets.official)


# --- The second person -----------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["verify", "rework"])
def test_whoever_handled_the_case_does_not_verify_it(streets, name):
    case = case_in(streets, State.HANDLED, handler=streets.zone_leader)
    with pytest.raises(Refused) as refusal:
        cases.move(case, name, by=streets.zone_leader, note="不合格")
    assert refusal.value.code == "second_person"
    assert MOVES[name] not in cases.allowed(case, streets.zone_leader)
    assert cases.move(case, name, by=streets.official, note="看过").state != State.HANDLED


def test_whoever_once_reported_it_as_handled_does_not_verify_it_after_another_did(streets):
    case = case_in(streets, State.DISPATCHED)
    cases.move(case, "report_back", by=streets.zone_leader, photo=photo())
    cases.move(case, "rework", by=streets.official, note="再清一次")
    cases.move(case, "report_back", by=streets.liaison_a, photo=photo("white"))
    with pytest.raises(Refused) as refusal:
        cases.move(case, "verify", by=streets.zone_leader)
    assert refusal.value.code == "second_person"


def test_a_case_without_a_photo_of_afterwards_is_not_closed_as_fixed(streets):
    case = case_in(streets, State.HANDLED)
    case.photos.all().delete()
    with pytest.raises(Refused) as refusal:
        cases.move(case, "verify", by=streets.official)
    assert refusal.value.code == "needs_after_photo"


# --- Two at once -----------------------------------------------------------------------------------
def test_of_two_who_press_one_after_the_other_the_second_is_told_and_changes_nothing(streets):
    seen_by_both = case_in(streets, State.DISPATCHED)
    first = Case.objects.get(pk=seen_by_both.pk)
    cases.move(first, "accept", by=streets.liaison_a)
    with pytest.raises(Refused) as refusal:
        cases.move(seen_by_both, "accept", by=streets.secretary_a)
    assert refusal.value.code == "state"
    assert CaseEvent.objects.filter(case=first).count() == 1


# --- Merging ---------------------------------------------------------------------------------------
def test_a_case_is_not_merged_into_itself_nor_into_a_duplicate_nor_into_one_out_of_reach(streets):
    case = case_in(streets, State.FILED)
    far = Case.objects.create(
        committee=streets.other, community=streets.far, category=streets.litter, source="resident",
        description="远方", reported_at=NOW, reported_on=NOW.date(),
    )  # fmt: skip
    for target in (case, case_in(streets, State.DUPLICATE), far):
        with pytest.raises(Refused):
            cases.move(case, "merge", by=streets.official, merged_into=target)
    first = other_case(streets)
    assert cases.move(case, "merge", by=streets.official, merged_into=first).merged_into == first


def test_a_unit_of_another_street_or_one_that_left_cannot_be_given_a_case(streets):
    case = case_in(streets, State.FILED)
    streets.unit_b.until = NOW.date()
    streets.unit_b.save()
    for unit in (streets.unit_far, streets.unit_b):
        with pytest.raises(Refused):
            cases.move(case, "dispatch", by=streets.official, unit=unit)


# --- What the columns say ------------------------------------------------------------------------------
def test_the_life_of_a_case_fills_and_empties_its_columns(streets):
    case = case_in(streets, State.RECEIVED)
    case = cases.move(case, "file", by=streets.official)
    case = cases.move(case, "dispatch", by=streets.official, unit=streets.unit_a)
    assert (case.due_on, case.dispatched_at) == (NOW.date(), NOW)
    case = cases.move(case, "return", by=streets.liaison_a, note="不属我单位", unit=streets.unit_b)
    assert (case.unit, case.due_at, case.due_on, case.dispatched_at) == (None, None, None, None)
    assert case.events.last().unit == streets.unit_a  # history knows from whom
    assert (case.proposed_unit, case.events.last().proposed_unit) == (streets.unit_b, streets.unit_b)
    case = cases.move(case, "dispatch", by=streets.official, unit=streets.unit_a, note="仍属甲单位")
    assert (case.proposed_unit, case.events.last().proposed_unit) == (None, streets.unit_b)
    case = cases.move(case, "report_back", by=streets.liaison_a, photo=photo())
    assert (case.handler, case.handled_at) == (streets.liaison_a, NOW)
    case = cases.move(case, "verify", by=streets.zone_leader)
    assert (case.closed_at, case.closed_on, case.closed_in_time) == (NOW, NOW.date(), True)
    case = cases.move(case, "reopen", by=streets.official, note="又出现")
    assert (case.closed_at, case.closed_on, case.closed_in_time, case.handled_at) == (None, None, None, None)
    assert [event.move for event in case.events.all()] == [
        "file", "dispatch", "return", "dispatch", "report_back", "verify", "reopen"
    ]  # fmt: skip


def test_closing_after_the_deadline_is_not_in_time(streets):
    case = case_in(streets, State.HANDLED)
    case = cases.move(case, "verify", by=streets.official, now=case.due_at + timedelta(seconds=1))
    assert case.closed_in_time is False


def test_ended_without_being_fixed_counts_neither_in_time_nor_late(streets):
    case = cases.move(
        case_in(streets, State.SUSPENDED), "close_not_fixed", by=streets.official, note="改造时解决"
    )
    assert (case.closed_on, case.closed_in_time, case.suspended_at) == (NOW.date(), None, None)


def test_words_of_the_queryset_agree_with_the_states(streets):
    for state in State:
        case_in(streets, state)
    Case.objects.filter(due_at__isnull=False).update(due_at=timezone.now() - timedelta(minutes=1))
    assert {case.state for case in Case.objects.open()} == set(OPEN)
    overdue = Case.objects.overdue()
    assert {case.state for case in overdue} == {State.DISPATCHED, State.HANDLING, State.HANDLED}
    assert all(case.is_overdue for case in overdue)
    assert sum(case.is_overdue for case in Case.objects.all()) == overdue.count()


def test_states_and_moves_form_one_whole():
    """Every state can be reached, and every open state can be left."""
    reached = {State.RECEIVED} | {move.goes_to for move in MOVES.values() if move.goes_to}
    assert reached == set(State)
    for state in OPEN:
        assert any(state in move.come_from and move.goes_to for move in MOVES.values())


# --- Every pair of states ----------------------------------------------------------------------------
def test_the_table_is_what_the_trade_says():
    assert {
        name: (set(move.come_from), move.goes_to, set(move.by)) for name, move in MOVES.items()
    } == case_book.BOOK
    assert {name for name, move in MOVES.items() if move.second_person} == case_book.BY_ANOTHER_HAND
    assert {name for name, move in MOVES.items() if "note" in move.needs} == case_book.NEEDS_A_REASON


@pytest.mark.parametrize("state", State.values)
def test_from_each_state_the_moves_lead_to_these_and_to_no_other(streets, state):
    """All pairs: for each other state, whether some person's move leads there is what the book says."""
    reached: dict[str, set[str]] = {one: set() for one in State.values}
    reporter = person("报告人")
    for name in MOVES:
        for user in (streets.official, streets.zone_leader, streets.secretary_a, streets.liaison_a, reporter):
            case = with_what_waits(streets, case_in(streets, State(state), reporter=reporter), name, user)
            try:
                moved = cases.move(case, name, by=user, **given_for(streets, name))
            except Refused:
                continue
            reached[moved.state].add(name)
    wanted = {
        one: {name for name in case_book.BOOK if case_book.leads(name, state) == one} for one in State.values
    }
    assert reached == wanted
