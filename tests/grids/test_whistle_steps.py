"""Every state of a whistle and of a task × every step × every kind of person; and what the steps write."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction

from accounts.models import User
from campaign.errors import Refused
from campaign.models import OutboxMessage
from grids import cases, whistles
from grids.models import Case, Whistle, WhistleEvent, WhistleLimit, WhistleTask
from grids.whistleflow import (
    OPEN_TASKS,
    OPEN_WHISTLES,
    TASK_STEPS,
    WHISTLE_STEPS,
    Party,
    TaskState,
    WhistleState,
)
from tests.grids.conftest import photo
from tests.grids.whistle_scene import NOW, blown, more_units, put, raised, task_of


@pytest.fixture
def cast(streets):
    with time_machine.travel(NOW, tick=False):
        yield more_units(streets)


# Who stands how to a whistle raised by secretary_a, with a task of unit_a that is offered to unit_c.
PEOPLE = {
    "official": {Party.STREET, Party.SECOND},
    "secretary_a": {Party.RAISER},
    "liaison_a": {Party.UNIT},
    "liaison_c": {Party.PROPOSED},
    "liaison_d": set(),
    "official_far": set(),
}


def given_for(cast, step) -> dict:
    """All that the step needs; unit_d has no task yet."""
    return {
        "note": "说明" if "note" in step.needs else "",
        "unit": cast.unit_d if "unit" in step.needs else None,
        "person": "李某" if "person" in step.needs else "",
        "rating": "good" if "rating" in step.needs else "",
    }


def unchanged(rows, call):
    before = {model: list(model._base_manager.values()) for model in rows}
    with pytest.raises(Refused) as refusal:
        call()
    assert {model: list(model._base_manager.values()) for model in rows} == before
    return refusal.value.code


# --- The walks --------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", TaskState.values)
def test_a_task_takes_a_step_from_its_states_by_its_parties_and_refuses_otherwise(cast, state):
    whistle = blown(cast, helpers=[])
    task = task_of(whistle, cast.unit_a)
    offered = {"proposed": cast.unit_c} if state in (TaskState.OFFERED, TaskState.TO_DECIDE) else {}
    for name, step in TASK_STEPS.items():
        for who, found in PEOPLE.items():
            task = put(task, state, unit=cast.unit_a, **{"proposed": None, **offered})
            user = getattr(cast, who)
            parties = found if offered else found - {Party.PROPOSED}
            may = state in step.come_from and not step.by.isdisjoint(parties)
            if name == "decide" and state == TaskState.OFFERED:
                may = False  # the proposed unit still has time
            assert (step in whistles.answerable(task, user)) is may, (name, who)
            call = lambda: whistles.answer(task, name, by=user, **given_for(cast, step))  # noqa: B023, E731
            if may:
                before = WhistleEvent.objects.count()
                assert call().state == (step.goes_to or state), (name, who)
                event = WhistleEvent.objects.order_by("pk").last()
                assert WhistleEvent.objects.count() == before + 1
                assert (event.step, event.from_state, event.to_state) == (name, state, step.leads_to(state))
            else:
                assert unchanged((WhistleTask, WhistleEvent), call) in ("role", "state", "too_early"), (
                    name,
                    who,
                )


@pytest.mark.parametrize("state", WhistleState.values)
def test_a_whistle_takes_a_step_from_its_states_by_its_parties_and_refuses_otherwise(cast, state):
    whistle = raised(cast, helpers=[])
    put(task_of(whistle, cast.unit_a), TaskState.RATED)
    Whistle.objects.filter(pk=whistle.pk).update(state=state)
    whistle.refresh_from_db()
    for name, step in WHISTLE_STEPS.items():
        wanted = {key: value for key, value in given_for(cast, step).items() if key in ("note", "unit")}
        for who, found in PEOPLE.items():
            user = getattr(cast, who)
            may = state in step.come_from and not step.by.isdisjoint(found)
            assert (step in whistles.allowed(whistle, user)) is may, (name, who)
            call = lambda: whistles.move(whistle, name, by=user, **wanted)  # noqa: B023, E731
            if not may:
                assert unchanged((Whistle, WhistleTask, WhistleEvent), call) in ("role", "state")
                continue
            with transaction.atomic():
                assert call().state == step.leads_to(state)
                transaction.set_rollback(True)


@pytest.mark.parametrize("name", TASK_STEPS)
@pytest.mark.parametrize("need", ["note", "unit", "person", "rating"])
def test_what_a_step_needs_must_be_said(cast, name, need):
    step = TASK_STEPS[name]
    if need not in step.needs:
        return
    task = task_of(blown(cast, helpers=[]), cast.unit_a)
    state = TaskState.TO_DECIDE if name == "decide" else sorted(step.come_from)[0]
    task = put(task, state, proposed=cast.unit_c if state == TaskState.OFFERED else None)
    by = {Party.STREET: cast.official, Party.UNIT: cast.liaison_a, Party.PROPOSED: cast.liaison_c}
    given = given_for(cast, step) | {need: "  " if need != "unit" else None}
    call = lambda: whistles.answer(task, name, by=by[next(iter(step.by))], **given)  # noqa: E731
    assert unchanged((WhistleTask, WhistleEvent), call) == f"needs_{need}"


def test_states_and_steps_form_one_whole():
    """Every state can be reached, and every open state can be left by somebody."""
    for states, steps, first, calls in (
        (WhistleState, WHISTLE_STEPS, WhistleState.RAISED, set()),
        (TaskState, TASK_STEPS, TaskState.NAMED, {TaskState.CALLED}),
    ):
        reached = {first} | calls | {step.goes_to for step in steps.values() if step.goes_to}
        assert reached == set(states)
    for state in OPEN_TASKS - {TaskState.NAMED}:
        assert any(state in step.come_from and step.goes_to for step in TASK_STEPS.values())
    for state in OPEN_WHISTLES:
        assert any(state in step.come_from and step.goes_to for step in WHISTLE_STEPS.values())


def test_unknown_steps_are_refused(cast):
    whistle = blown(cast)
    with pytest.raises(Refused):
        whistles.move(whistle, "delete", by=cast.official)
    with pytest.raises(Refused):
        whistles.answer(task_of(whistle, cast.unit_a), "delete", by=cast.official)


# --- Blowing and approving ----------------------------------------------------------------------------
def test_a_daily_whistle_waits_for_the_approval_of_a_second_official(cast):
    whistle = raised(cast, by=cast.official)
    assert {task.state for task in whistle.tasks.all()} == {TaskState.NAMED}
    with pytest.raises(Refused) as refusal:
        whistles.move(whistle, "approve", by=cast.official)
    assert refusal.value.code == "second_person"
    whistle = whistles.move(whistle, "approve", by=cast.official_2, now=NOW)
    assert (whistle.approved_by, whistle.blown_on) == (cast.official_2, NOW.date())
    lead = task_of(whistle, cast.unit_a)
    assert (lead.state, lead.lead) == (TaskState.CALLED, None)
    assert task_of(whistle, cast.unit_b).lead == lead
    assert lead.sign_due_at == NOW + timedelta(days=1)  # eight hours of working time


def test_an_urgent_whistle_calls_at_once_and_runs_in_real_time(cast):
    late = NOW.replace(hour=22)
    whistle = raised(cast, "urgent", now=late)
    task = task_of(whistle, cast.unit_a)
    assert (whistle.state, task.state) == (WhistleState.BLOWN, TaskState.CALLED)
    assert (task.sign_due_at, task.arrive_due_at) == (
        late + timedelta(minutes=10),
        late + timedelta(minutes=30),
    )


def test_limits_are_rows_of_the_street_and_frozen_at_the_call(cast):
    row = WhistleLimit.objects.create(
        committee=cast.huguo,
        kind="urgent",
        clock="real",
        sign_minutes=5,
        arrive_minutes=20,
        report_minutes=60,
        since=NOW.date(),
    )
    whistle = raised(cast, "urgent")
    assert whistle.state == WhistleState.RAISED  # this street wants to approve urgent ones too
    whistle = whistles.move(whistle, "approve", by=cast.official, now=NOW)
    row.arrive_minutes = 200
    row.save()
    assert task_of(whistle, cast.unit_a).arrive_due_at == NOW + timedelta(minutes=20)
    assert whistles.limits_of(cast.other, "urgent").arrive_minutes == 30


@pytest.mark.parametrize(
    ("who", "community", "may"),
    [("secretary_a", "a", True), ("secretary_a", "b", False), ("secretary_a", None, False), ("official", None, True),
     ("liaison_a", "a", False), ("patroller", "a", False), ("official_far", "a", False), ("stranger", "a", False)],
)  # fmt: skip
def test_the_street_blows_anywhere_and_a_community_at_home(cast, who, community, may):
    given = {"by": getattr(cast, who), "community": community and getattr(cast, community)}
    if may:
        assert raised(cast, **given).pk
    else:
        with pytest.raises(Refused):
            raised(cast, **given)
        assert not Whistle.objects.exists()


def test_a_whistle_sent_twice_is_blown_once(cast):
    import uuid

    key = uuid.uuid4()
    first, again = raised(cast, form_key=key), raised(cast, form_key=key)
    assert first == again
    assert WhistleTask.objects.count() == 2
    with pytest.raises(Refused):
        raised(cast, form_key=key, by=cast.official)


def test_units_of_elsewhere_or_gone_are_not_called(cast):
    cast.unit_b.until = NOW.date()
    cast.unit_b.save()
    for units in ({"lead": cast.unit_far}, {"helpers": [cast.unit_far]}, {"helpers": [cast.unit_b]}):
        with pytest.raises(Refused):
            raised(cast, **units)


def test_a_unit_named_twice_is_called_once(cast):
    whistle = blown(cast, helpers=[cast.unit_a, cast.unit_b, cast.unit_b])
    assert whistle.tasks.count() == 2
    with pytest.raises(Refused) as refusal:
        whistles.move(whistle, "call_in", by=cast.official, unit=cast.unit_b)
    assert refusal.value.code == "called_already"
    whistles.move(whistle, "call_in", by=cast.official, unit=cast.unit_c, now=NOW)
    assert task_of(whistle, cast.unit_c).lead == task_of(whistle, cast.unit_a)


def test_the_liaisons_of_a_called_unit_hear_of_it_without_names_or_places(cast, settings):
    settings.SMS_GATEWAY = "tests.house.gateways.quiet"
    User.objects.filter(pk=cast.liaison_a.pk).update(phone="13900000001")
    whistle = raised(cast, "urgent", title="某店噪声", address="某街1号")
    (message,) = OutboxMessage.objects.all()
    assert message.recipient == "13900000001"
    assert whistle.code in message.text
    assert "某" not in message.text


# --- Signing, arriving, reporting, rating ---------------------------------------------------------------
def test_the_whole_way_of_a_unit_fills_its_columns(cast):
    whistle = blown(cast, helpers=[])
    task = task_of(whistle, cast.unit_a)
    task = whistles.answer(task, "sign", by=cast.liaison_a, now=NOW + timedelta(hours=1))
    assert (task.signed_in_time, task.sign_due_on) == (True, NOW.date() + timedelta(days=1))
    task = whistles.answer(
        task, "arrive", by=cast.liaison_a, person="王某", photo=photo(), now=NOW + timedelta(days=9)
    )
    assert (task.arrived_in_time, task.person, task.photos.count()) == (False, "王某", 1)
    assert task.report_due_at > task.arrived_at
    task = whistles.answer(task, "report", by=cast.liaison_a, note="已劝离三户")
    task = whistles.answer(task, "redo", by=cast.official, note="仍有一户")
    assert (task.state, task.reported_at) == (TaskState.ARRIVED, None)
    task = whistles.answer(task, "report", by=cast.liaison_a, note="已全部劝离")
    task = whistles.answer(task, "rate", by=cast.official, rating="good")
    assert (task.result, task.rating) == ("已全部劝离", "good")
    whistle = whistles.move(whistle, "close", by=cast.official)
    assert whistle.state == WhistleState.CLOSED
    assert whistle.ended_at


def test_a_poor_rating_says_why(cast):
    task = put(task_of(blown(cast), cast.unit_b), TaskState.REPORTED)
    with pytest.raises(Refused) as refusal:
        whistles.answer(task, "rate", by=cast.official, rating="poor")
    assert refusal.value.code == "needs_note"


# --- Refusing -------------------------------------------------------------------------------------------
def test_a_proposed_unit_that_accepts_has_signed_for_it(cast):
    task = task_of(blown(cast, helpers=[]), cast.unit_a)
    later = NOW + timedelta(hours=2)
    task = whistles.answer(
        task, "refuse", by=cast.liaison_a, note="权属在丙单位", unit=cast.unit_c, now=later
    )
    assert (task.unit, task.proposed, task.refusals) == (cast.unit_a, cast.unit_c, 1)
    assert task.sign_due_at > later + timedelta(hours=8)  # the whole time, from now on
    task = whistles.answer(task, "accept", by=cast.liaison_c, now=later)
    assert (task.state, task.unit, task.proposed) == (TaskState.SIGNED, cast.unit_c, None)
    assert not task.is_visible_to(cast.liaison_a)
    assert [event.unit for event in task.events.all()] == [cast.unit_a, cast.unit_a, cast.unit_c]


def test_after_two_refusals_the_committee_decides_and_that_stands(cast):
    task = task_of(blown(cast, helpers=[]), cast.unit_a)
    task = whistles.answer(task, "refuse", by=cast.liaison_a, note="不属我单位", unit=cast.unit_c)
    task = whistles.answer(task, "decline", by=cast.liaison_c, note="也不属我单位", unit=cast.unit_a)
    assert (task.state, task.refusals, task.sign_due_at) == (TaskState.TO_DECIDE, 2, None)
    for name in ("sign", "refuse", "accept"):
        with pytest.raises(Refused):
            whistles.answer(task, name, by=cast.liaison_a, note="不", unit=cast.unit_d)
    task = whistles.answer(task, "decide", by=cast.official, unit=cast.unit_a, now=NOW)
    assert (task.state, task.is_final) == (TaskState.CALLED, True)
    with pytest.raises(Refused) as refusal:
        whistles.answer(task, "refuse", by=cast.liaison_a, note="不属我单位", unit=cast.unit_c)
    assert refusal.value.code == "final"
    assert whistles.answer(task, "sign", by=cast.liaison_a).state == TaskState.SIGNED


def test_an_offer_that_nobody_answers_can_be_decided_when_its_time_is_over(cast):
    task = task_of(blown(cast, helpers=[]), cast.unit_a)
    task = whistles.answer(task, "refuse", by=cast.liaison_a, note="不属我单位", unit=cast.unit_c, now=NOW)
    with pytest.raises(Refused) as refusal:
        whistles.answer(task, "decide", by=cast.official, unit=cast.unit_d, now=NOW)
    assert refusal.value.code == "too_early"
    late = task.sign_due_at + timedelta(seconds=1)
    assert whistles.answer(task, "decide", by=cast.official, unit=cast.unit_d, now=late).unit == cast.unit_d


@pytest.mark.parametrize(
    ("unit", "code"), [("unit_a", "same_unit"), ("unit_b", "called_already"), ("unit_far", "foreign")]
)
def test_a_refusal_names_another_unit_that_is_not_called_yet(cast, unit, code):
    task = task_of(blown(cast), cast.unit_a)
    call = lambda: whistles.answer(task, "refuse", by=cast.liaison_a, note="不", unit=getattr(cast, unit))  # noqa: E731
    assert unchanged((WhistleTask,), call) == code


def test_a_unit_that_is_offered_one_task_is_not_called_to_another(cast):
    whistle = blown(cast)
    whistles.answer(task_of(whistle, cast.unit_a), "refuse", by=cast.liaison_a, note="不", unit=cast.unit_c)
    with pytest.raises(Refused):
        whistles.answer(
            task_of(whistle, cast.unit_b), "refuse", by=cast.liaison_b, note="不", unit=cast.unit_c
        )
    with pytest.raises(Refused):
        whistles.move(whistle, "call_in", by=cast.official, unit=cast.unit_c)


# --- No parent closes over an open child ------------------------------------------------------------------
def test_the_lead_reports_after_its_helpers_and_the_whistle_closes_after_all(cast):
    whistle = blown(cast)
    lead, helper = task_of(whistle, cast.unit_a), task_of(whistle, cast.unit_b)
    put(lead, TaskState.ARRIVED)
    for state in sorted(OPEN_TASKS):
        put(helper, state, proposed=cast.unit_c if state == TaskState.OFFERED else None)
        with pytest.raises(Refused) as refusal:
            whistles.answer(lead, "report", by=cast.liaison_a, note="完成")
        assert refusal.value.code == "open_tasks"
        assert "report" not in {step.name for step in whistles.answerable(lead, cast.liaison_a)}
        with pytest.raises(Refused):
            whistles.move(whistle, "close", by=cast.official)
    put(helper, TaskState.RATED, proposed=None)
    lead = whistles.answer(lead, "report", by=cast.liaison_a, note="完成")
    with pytest.raises(Refused) as refusal:
        whistles.move(whistle, "close", by=cast.official)
    assert refusal.value.code == "open_tasks"
    whistles.answer(lead, "rate", by=cast.official, rating="fair")
    assert whistles.move(whistle, "close", by=cast.official).state == WhistleState.CLOSED


def test_a_whistle_to_which_nobody_came_is_called_off_with_its_tasks(cast):
    whistle = blown(cast)
    for unit in (cast.unit_b, cast.unit_a):
        whistles.answer(task_of(whistle, unit), "release", by=cast.official, note="不需要了")
    with pytest.raises(Refused) as refusal:
        whistles.move(whistle, "close", by=cast.official)
    assert refusal.value.code == "nobody_came"
    again = blown(cast)
    whistles.move(again, "call_off", by=cast.official, note="情况解除")
    assert {task.state for task in again.tasks.all()} == {TaskState.CALLED_OFF}


def test_a_case_does_not_end_while_its_whistle_is_open(cast):
    case = Case.objects.create(
        committee=cast.huguo, community=cast.a, category=cast.litter, zone=cast.zone, source="office",
        description="占道", reported_at=NOW, reported_on=NOW.date(), unit=cast.unit_a, state="suspended",
    )  # fmt: skip
    whistle = raised(cast, case=case, community=None, by=cast.zone_leader)
    assert (whistle.community, whistle.is_visible_to(cast.zone_leader)) == (cast.a, True)
    with pytest.raises(Refused) as refusal:
        cases.move(case, "close_not_fixed", by=cast.official, note="改造时解决")
    assert refusal.value.code == "open_whistle"
    whistles.move(whistle, "decline", by=cast.official, note="不需要")
    assert cases.move(case, "close_not_fixed", by=cast.official, note="改造时解决").state == "not_fixed"
    with pytest.raises(Refused) as refusal:
        raised(cast, case=case)
    assert refusal.value.code == "case_ended"


def test_words_of_the_querysets_agree_with_the_rows(cast):
    whistle = blown(cast, helpers=[])
    task = task_of(whistle, cast.unit_a)
    past = {"sign_due_at": NOW - timedelta(hours=1), "arrive_due_at": NOW - timedelta(minutes=1),
            "report_due_at": NOW - timedelta(minutes=1)}  # fmt: skip
    for state in TaskState:
        put(task, state, proposed=cast.unit_c if state == TaskState.OFFERED else None, **past)
        late = WhistleTask.objects.overdue(NOW).filter(pk=task.pk).exists()
        assert late is task.is_overdue, state
        assert Whistle.objects.overdue(NOW).exists() is late
        put(task, state, report_due_at=None)
        assert WhistleTask.objects.overdue(NOW).filter(pk=task.pk).exists() is task.is_overdue is False
