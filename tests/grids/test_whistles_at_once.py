"""Several who answer for a whistle at one moment: one step is made, the others are told that it has moved on.

With the negative control: without the lock the same attack makes the step more than once, and it is seen.
"""

import contextlib
import time
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from campaign.errors import Refused
from grids import cases, whistles
from grids.models import Case, Whistle, WhistleEvent, WhistleTask
from grids.whistleflow import OPEN_WHISTLES, TaskState, WhistleState
from grids.whistles import stepping, writing
from grids.workflow import ENDED
from tests.grids.whistle_scene import blown, more_units, raised, task_of
from tests.processes import Outcome, together

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

PROCESSES = 6


@pytest.fixture
def cast(streets: SimpleNamespace) -> SimpleNamespace:
    return more_units(streets)


def verdict(call: Any) -> str:
    """ "made", or the code with which it was refused."""
    try:
        call()
    except Refused as refusal:
        return refusal.code
    return "made"


def values(outcomes: list[Outcome]) -> Counter:
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    return Counter(outcome.value for outcome in outcomes)


def wounds(task: WhistleTask) -> list[str]:
    """What is wrong with the history of a task: each step must begin where the one before it ended."""
    found, state = [], TaskState.NAMED.value
    for event in WhistleEvent.objects.filter(task=task).order_by("pk"):
        if event.from_state != state:
            found.append(f"{event.step}: from {event.from_state} after {state}")
        state = event.to_state
    task.refresh_from_db()
    return found + ([] if task.state == state else [f"stands at {task.state}, told {state}"])


def test_one_unit_signs_once_however_many_press(cast):
    task = task_of(blown(cast, now=timezone.now()), cast.unit_a)
    told = values(
        together(PROCESSES, lambda _index: verdict(lambda: whistles.answer(task, "sign", by=cast.liaison_a)))
    )
    assert told == {"made": 1, "state": PROCESSES - 1}
    assert wounds(task) == []


def test_two_units_sign_at_once_and_neither_is_lost(cast):
    whistle = blown(cast, now=timezone.now())
    pairs = [(task_of(whistle, cast.unit_a), cast.liaison_a), (task_of(whistle, cast.unit_b), cast.liaison_b)]
    told = values(
        together(
            2, lambda index: verdict(lambda: whistles.answer(pairs[index][0], "sign", by=pairs[index][1]))
        )
    )
    assert told == {"made": 2}
    assert [wounds(task) for task, _by in pairs] == [[], []]


def test_of_signing_and_refusing_at_once_one_holds(cast):
    for _round in range(3):
        task = task_of(blown(cast, helpers=[], now=timezone.now()), cast.unit_a)
        calls = [
            lambda task=task: whistles.answer(task, "sign", by=cast.liaison_a),
            lambda task=task: whistles.answer(
                task, "refuse", by=cast.liaison_a, note="不属我单位", unit=cast.unit_c
            ),
        ]
        told = values(together(2, lambda index, calls=calls: verdict(calls[index])))
        assert told == {"made": 1, "state": 1}
        assert wounds(task) == []


def test_of_approving_and_declining_at_once_one_holds(cast):
    whistle = raised(cast, now=timezone.now())
    calls = [
        lambda: whistles.move(whistle, "approve", by=cast.official),
        lambda: whistles.move(whistle, "decline", by=cast.official_2, note="不需要"),
    ]
    told = values(together(2, lambda index: verdict(calls[index])))
    assert told == {"made": 1, "state": 1}
    whistle.refresh_from_db()
    wanted = {TaskState.CALLED} if whistle.state == WhistleState.BLOWN else {TaskState.CALLED_OFF}
    assert {task.state for task in whistle.tasks.all()} == wanted


def test_a_link_that_is_revoked_while_it_answers_has_answered_or_not(cast):
    task = task_of(blown(cast, helpers=[], now=timezone.now()), cast.unit_a)
    link = whistles.give_link(task, by=cast.official)
    token = whistles.token_of(link)
    calls = [
        lambda: whistles.answer_by_link(token, "sign"),
        lambda: whistles.revoke_link(link, by=cast.official),
    ]
    told = [outcome.value for outcome in together(2, lambda index: verdict(calls[index]))]
    assert told[0] in ("made", "link")
    assert told[1] == "made"
    task.refresh_from_db()
    assert (task.state == TaskState.SIGNED) is (told[0] == "made")


def test_a_case_does_not_end_in_the_moment_in_which_its_whistle_is_blown(cast):
    for _round in range(3):
        case = Case.objects.create(
            committee=cast.huguo, community=cast.a, category=cast.litter, zone=cast.zone, source="office",
            description="占道", reported_at=timezone.now(), reported_on=timezone.localdate(), state="filed",
        )  # fmt: skip
        calls = [
            lambda case=case: cases.move(case, "reject", by=cast.official, note="非本街道"),
            lambda case=case: raised(cast, case=case, by=cast.official_2, now=timezone.now()),
        ]
        told = [outcome.value for outcome in together(2, lambda index, calls=calls: verdict(calls[index]))]
        assert sorted(told) in (["made", "open_whistle"], ["case_ended", "made"])
        case.refresh_from_db()
        assert not (case.state in ENDED and case.whistles.filter(state__in=OPEN_WHISTLES).exists())


# --- The negative control ------------------------------------------------------------------------------
@contextlib.contextmanager
def naively() -> Any:
    """The verbs without a lock and without a transaction, and slow between the look and the step."""
    kept = (stepping.locked, stepping._locked_task, stepping.photos.together, writing.task_step)

    def slowly(*args: Any, **given: Any) -> Any:
        time.sleep(0.3)
        return kept[3](*args, **given)

    stepping.locked = lambda key: Whistle.objects.select_related("committee").get(pk=key)
    stepping._locked_task = lambda task: WhistleTask.objects.select_related("unit", "proposed").get(
        pk=task.pk
    )
    stepping.photos.together, writing.task_step = contextlib.nullcontext, slowly
    try:
        yield
    finally:
        stepping.locked, stepping._locked_task, stepping.photos.together, writing.task_step = kept


def test_without_the_lock_a_unit_signs_more_than_once_and_it_shows(cast):
    task = task_of(blown(cast, now=timezone.now()), cast.unit_a)
    with naively():
        told = values(
            together(
                PROCESSES, lambda _index: verdict(lambda: whistles.answer(task, "sign", by=cast.liaison_a))
            )
        )
    assert told["made"] > 1
    assert wounds(task) != []
