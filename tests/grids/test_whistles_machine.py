"""Any order of steps by anybody, against a model written by hand: the table of the source is not asked."""

import os
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from campaign.errors import Refused
from grids import cases, whistles
from grids.models import Case, WhistleEvent, WhistleTask
from tests.grids.whistle_scene import NOW, more_units, raised

UNITS = ("unit_a", "unit_b", "unit_c", "unit_d")
LIAISON = {"unit_a": "liaison_a", "unit_b": "liaison_b", "unit_c": "liaison_c", "unit_d": "liaison_d"}
unit_names = st.sampled_from(UNITS)
officials = st.sampled_from(("official", "official_2"))
who = st.sampled_from((*LIAISON.values(), "official", "secretary_a", "stranger"))


class Model:
    """A task as one would keep it on paper."""

    def __init__(self, unit: str, lead: bool) -> None:
        self.unit, self.lead, self.state = unit, lead, "named"
        self.proposed, self.final, self.due = "", False, None

    @property
    def open(self) -> bool:
        return self.state not in ("rated", "called_off")


class Calls(RuleBasedStateMachine):
    """One whistle of a case, raised by an official, with unit a in the lead and unit b helping."""

    cast: SimpleNamespace

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.now = NOW
        self.case = Case.objects.create(
            committee=self.cast.huguo, community=self.cast.a, category=self.cast.litter, zone=self.cast.zone,
            source="office", description="占道", reported_at=NOW, reported_on=NOW.date(), state="filed",
        )  # fmt: skip
        self.whistle = raised(self.cast, case=self.case, by=self.cast.official)
        self.state = "raised"
        rows = list(self.whistle.tasks.order_by("pk"))
        self.tasks = {rows[0].pk: Model("unit_a", True), rows[1].pk: Model("unit_b", False)}
        self.steps = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def person(self, name: str) -> Any:
        user = getattr(self.cast, name)
        vars(user).pop("_reach", None)
        return user

    def meant(self, number: int) -> tuple[int, Model]:
        return list(self.tasks.items())[number % len(self.tasks)]

    def tried(self, expected: bool, call: Any) -> bool:
        """Calls the verb, inside a savepoint, and holds it to the model's yes or no."""
        try:
            with transaction.atomic():
                call()
        except Refused as refusal:
            assert not expected, f"refused: {refusal.code}"
            return False
        assert expected, "made, though the model says no"
        self.steps += 1
        return True

    def taken(self, unit: str, but: Model | None = None) -> bool:
        others = [task for task in self.tasks.values() if task is not but and task.state != "called_off"]
        return any(
            unit == task.unit or (task.state == "offered" and unit == task.proposed) for task in others
        )

    # --- The whistle ------------------------------------------------------------------------------
    @rule(by=officials)
    def approve(self, by: str) -> None:
        may = self.state == "raised" and by == "official_2"
        if self.tried(may, lambda: whistles.move(self.whistle, "approve", by=self.person(by), now=self.now)):
            self.state = "blown"
            for pk, task in self.tasks.items():
                self.called(pk, task)

    @rule(by=who, number=st.integers(0, 9))
    def end_without_result(self, by: str, number: int) -> None:
        if number:
            return  # seldom: else no story becomes long
        name = "decline" if self.state == "raised" else "call_off"
        may = self.state in ("raised", "blown") and by == "official"
        call = lambda: whistles.move(self.whistle, name, by=self.person(by), note="不需要", now=self.now)  # noqa: E731
        if self.tried(may, call):
            self.state = "declined" if name == "decline" else "called_off"
            for task in self.tasks.values():
                task.state = "called_off" if task.open else task.state

    @rule(by=who)
    def close(self, by: str) -> None:
        ended = not any(task.open for task in self.tasks.values())
        came = any(task.state == "rated" for task in self.tasks.values())
        may = self.state == "blown" and by == "official" and ended and came
        if self.tried(may, lambda: whistles.move(self.whistle, "close", by=self.person(by), now=self.now)):
            self.state = "closed"

    @rule(unit=unit_names, by=officials)
    def call_in(self, unit: str, by: str) -> None:
        may = self.state == "blown" and not self.taken(unit)
        call = lambda: whistles.move(  # noqa: E731
            self.whistle, "call_in", by=self.person(by), unit=getattr(self.cast, unit), now=self.now
        )
        if self.tried(may, call):
            row = WhistleTask.objects.filter(whistle=self.whistle).order_by("-pk").first()
            lead = not any(task.lead and task.state != "called_off" for task in self.tasks.values())
            self.tasks[row.pk] = Model(unit, lead)
            self.called(row.pk, self.tasks[row.pk])

    def called(self, pk: int, task: Model) -> None:
        task.state, task.due = "called", WhistleTask.objects.get(pk=pk).sign_due_at

    # --- A task -----------------------------------------------------------------------------------
    def answer(self, pk: int, name: str, by: str, expected: bool, **given: Any) -> bool:
        row = WhistleTask.objects.get(pk=pk)
        expected = expected and self.state == "blown"
        return self.tried(
            expected, lambda: whistles.answer(row, name, by=self.person(by), now=self.now, **given)
        )

    @rule(number=st.integers(0, 3), by=who)
    def sign(self, number: int, by: str) -> None:
        pk, task = self.meant(number)
        if self.answer(pk, "sign", by, task.state == "called" and by == LIAISON[task.unit]):
            task.state = "signed"

    @rule(number=st.integers(0, 3))
    def work(self, number: int) -> None:
        """The next thing that the unit itself can do, so that stories get on."""
        pk, task = self.meant(number)
        by = LIAISON[task.unit]
        helpers_busy = task.lead and any(one.open for one in self.tasks.values() if not one.lead)
        if task.state in ("called", "offered", "to_decide", "named"):
            self.sign(number, by)
        elif task.state == "signed" and self.answer(pk, "arrive", by, True, person="李某"):
            task.state = "arrived"
        elif task.state == "arrived" and self.answer(pk, "report", by, not helpers_busy, note="完成"):
            task.state = "reported"

    @rule(number=st.integers(0, 3), by=who, redo=st.booleans())
    def judge(self, number: int, by: str, redo: bool) -> None:
        pk, task = self.meant(number)
        name, given = ("redo", {"note": "返工"}) if redo else ("rate", {"rating": "good"})
        if self.answer(pk, name, by, task.state == "reported" and by == "official", **given):
            task.state = "arrived" if redo else "rated"

    @rule(number=st.integers(0, 3), by=who, unit=unit_names)
    def refuse(self, number: int, by: str, unit: str) -> None:
        pk, task = self.meant(number)
        may = task.state == "called" and by == LIAISON[task.unit] and not task.final
        may = may and unit != task.unit and not self.taken(unit, task)
        if self.answer(pk, "refuse", by, may, note="不属我单位", unit=getattr(self.cast, unit)):
            task.state, task.proposed = "offered", unit
            task.due = WhistleTask.objects.get(pk=pk).sign_due_at

    @rule(number=st.integers(0, 3), unit=unit_names, accepts=st.booleans())
    def offered(self, number: int, unit: str, accepts: bool) -> None:
        pk, task = self.meant(number)
        by = LIAISON[task.proposed or unit]
        may = task.state == "offered"
        if accepts and self.answer(pk, "accept", by, may):
            task.state, task.unit, task.proposed = "signed", task.proposed, ""
        if accepts:
            return
        may = may and unit != task.proposed and not self.taken(unit, task)
        if self.answer(pk, "decline", by, may, note="也不是", unit=getattr(self.cast, unit)):
            task.state, task.proposed = "to_decide", unit if unit != task.unit else ""

    @rule(number=st.integers(0, 3), unit=unit_names, by=who)
    def decide(self, number: int, unit: str, by: str) -> None:
        pk, task = self.meant(number)
        over = task.state == "to_decide" or (task.state == "offered" and self.now > task.due)
        may = over and by == "official" and not self.taken(unit, task)
        if self.answer(pk, "decide", by, may, unit=getattr(self.cast, unit)):
            task.unit, task.proposed, task.final = unit, "", True
            self.called(pk, task)

    @rule(number=st.integers(0, 3), one=unit_names, other=unit_names, at_once=st.booleans())
    def quarrel(self, number: int, one: str, other: str, at_once: bool) -> None:
        """Refused, refused again or not, decided, refused once more: what chance alone seldom brings about."""
        task = self.meant(number)[1]
        self.refuse(number, LIAISON[task.unit], one)
        if not at_once:
            self.offered(number, other, False)
        self.decide(number, other, "official")
        self.refuse(number, LIAISON[task.unit], one)

    @rule(number=st.integers(0, 3), by=who, seldom=st.integers(0, 5))
    def release(self, number: int, by: str, seldom: int) -> None:
        if seldom:
            return
        pk, task = self.meant(number)
        helpers_busy = task.lead and any(one.open for one in self.tasks.values() if not one.lead)
        may = task.state in ("called", "offered", "to_decide", "signed", "arrived") and by == "official"
        if self.answer(pk, "release", by, may and not helpers_busy, note="不需要"):
            task.state = "called_off"

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    # --- What always holds ------------------------------------------------------------------------
    @invariant()
    def the_rows_are_the_model(self) -> None:
        self.whistle.refresh_from_db()
        assert self.whistle.state == self.state
        rows = {row.pk: row for row in self.whistle.tasks.select_related("unit", "proposed")}
        assert rows.keys() == self.tasks.keys()
        for pk, task in self.tasks.items():
            row = rows[pk]
            assert (row.state, row.unit, row.is_final) == (
                task.state,
                getattr(self.cast, task.unit),
                task.final,
            )
            if task.state == "offered":
                assert row.proposed == getattr(self.cast, task.proposed)

    @invariant()
    def the_case_is_open_while_the_whistle_is(self) -> None:
        if self.state in ("raised", "blown"):
            with pytest.raises(Refused) as refusal, transaction.atomic():
                cases.move(self.case, "reject", by=self.person("official"), note="非本街道")
            assert refusal.value.code == "open_whistle"

    @invariant()
    def history_has_no_gap(self) -> None:
        stood: dict[int | None, str] = {}
        for event in WhistleEvent.objects.filter(whistle=self.whistle).order_by("pk"):
            assert event.from_state == stood.get(event.task_id, "named" if event.task_id else "")
            stood[event.task_id] = event.to_state
        assert stood[None] == self.state
        told = {pk: stood.get(pk, "named") for pk in self.tasks}
        assert told == {pk: task.state for pk, task in self.tasks.items()}


@pytest.mark.slow
def test_whatever_is_pressed_the_whistle_is_as_the_model_says(streets: SimpleNamespace) -> None:
    """`WHISTLE_EXAMPLES=400` asks for thousands of steps more, as the drill does."""
    more_units(streets)
    machine = type("CallsOfThisCast", (Calls,), {"cast": streets})
    with time_machine.travel(NOW, tick=False):
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=int(os.environ.get("WHISTLE_EXAMPLES", "5")),
                stateful_step_count=int(os.environ.get("WHISTLE_STEPS", "25")),
                phases=[Phase.generate],
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
