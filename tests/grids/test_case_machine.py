"""Cases driven at random by many people, held against a model that was written from the rules and not the code.

After every step, made or refused, the case stands exactly as the model says: state, unit, handler, deadline,
request, re-check, history. `--hypothesis-profile=thousands` walks thousands of steps (docs/operations.md).
"""

import datetime
import itertools
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from campaign import photos
from campaign.errors import Refused
from campaign.recurrence import SHANGHAI
from grids import cases
from grids.models import Case, CaseApplication, CaseRules, Recheck
from tests.cast import SINCE, person
from tests.grids.case_book import AT_WORK, BOOK, BY_ANOTHER_HAND, NEEDS_A_REASON

BEGIN = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)  # a Monday, long past: photos keep their moment
ROLES = {
    "official": {"official"},
    "root": {"official"},
    "secretary_a": {"secretary"},
    "zone_leader": {"zone_leader"},
    "patroller": {"patroller"},
    "liaison_a": {"liaison"},
    "liaison_b": {"liaison"},
    "reporter": {"reporter"},
    "stranger": set(),
    "secretary_b": set(),
    "official_far": set(),
}
ENDS = {"closed", "not_fixed", "not_ours", "duplicate", "withdrawn"}
FORWARD = ("dispatch", "report_back", "verify", "recheck_stays", "recheck_reopens")
SAID = {
    "note": st.sampled_from(["", "情况属实"]),
    "unit": st.sampled_from([None, "unit_a", "unit_b"]),
    "photo": st.integers(0, 5) | st.none(),
    "later": st.booleans(),
    "into": st.booleans(),
}
MOST = 2  # extensions, and suspensions, by the street's rules


@dataclass
class Model:
    """What a case is, as the rules have it."""

    state: str = "received"
    unit: str | None = None
    owner: str | None = None
    """whom the unit that returned it proposed"""
    handler: str | None = None
    hands: set[str] = field(default_factory=set)
    """who ever reported it as handled"""
    took_part: set[str] = field(default_factory=set)
    asked: tuple[str, str] | None = None
    """kind and asker of the request that waits"""
    granted: dict[str, int] = field(default_factory=lambda: {"extend": 0, "suspend": 0})
    sent_back_at: datetime.datetime | None = None
    proof_at: datetime.datetime | None = None
    photos: set[int] = field(default_factory=set)
    closings: int = 0
    due: bool = False
    """whether a re-check waits"""
    checker: str | None = None
    history: list[tuple[str, str]] = field(default_factory=lambda: [("report", "received")])

    def roles(self, who: str) -> set[str]:
        if who in ("liaison_a", "liaison_b") and self.unit != f"unit_{who[-1]}":
            return set()
        return ROLES[who]

    def reasons(self, name: str, who: str, said: SimpleNamespace) -> set[str]:
        """Every reason for which the move must be refused; none of them: it must be made."""
        come_from, _goes_to, by = BOOK[name]
        why = set()
        if not self.roles(who) & by:
            why.add("role")
        if self.state not in come_from:
            why.add("state")
        if name in BY_ANOTHER_HAND and (who == self.handler or who in self.hands):
            why.add("second_person")
        return why | self._of_requests(name, who) | self._of_what_is_said(name, who, said)

    def _of_requests(self, name: str, who: str) -> set[str]:
        why = set()
        if name in ("ask_extension", "ask_suspension") and self.asked:
            why.add("pending")
        if name in ("extend", "suspend", "refuse_application") and self.asked and self.asked[1] == who:
            why.add("second_person")
        if name == "refuse_application" and not self.asked:
            why.add("no_application")
        grant = {"ask_extension": "extend", "ask_suspension": "suspend"}.get(name, name)
        if self.granted.get(grant, 0) >= MOST:
            why.add("used_up")
        if name.startswith("recheck") and not (self.due and self.checker in (None, who)):
            why.add("recheck")
        return why

    def _of_what_is_said(self, name: str, who: str, said: SimpleNamespace) -> set[str]:
        why = set()
        if name in NEEDS_A_REASON and not said.note:
            why.add("needs_note")
        if name == "dispatch":
            proposed = self.owner or "unit_a"
            if said.unit is None:
                why.add("needs_unit")
            elif said.unit != proposed and not said.note:
                why.add("needs_override_reason")
        if name == "return" and said.unit in (None, self.unit):
            why.add("needs_proposed_unit" if said.unit is None else "proposed_unit")
        if name == "report_back" and (said.photo is None or said.photo in self.photos):
            why.add("needs_after_photo" if said.photo is None else "photo_again")
        if name == "verify" and not self._is_proven():
            why.add("needs_after_photo" if self.proof_at is None else "photo_too_old")
        if name in ("ask_extension", "extend") and not said.later:
            why.add("needs_due_at")
        if name == "merge" and not said.into:
            why.add("needs_merged_into")
        return why

    def _is_proven(self) -> bool:
        return self.proof_at is not None and (self.sent_back_at is None or self.proof_at > self.sent_back_at)

    def make(self, name: str, who: str, said: SimpleNamespace, now: datetime.datetime) -> None:
        before = self.state
        self.state = BOOK[name][1] or self.state
        self.history.append((name, self.state))
        self.took_part.add(who)
        if name == "dispatch":
            self.unit, self.owner, self.handler = said.unit, None, None
        if name in ("return", "reopen", "recheck_reopens"):
            self.owner = said.unit if name == "return" else self.owner
            self.unit = self.handler = None
        if name in ("accept", "report_back"):
            self.handler = who
        if name == "report_back":
            self.hands.add(who)
            self.photos.add(said.photo)
            self.proof_at = now
        if name in ("rework", "reopen", "recheck_reopens"):
            self.sent_back_at = now
        self._requests(name, who)
        if self.state == "closed" and before != "closed":
            self.closings += 1
            self.due = True  # the street draws every closing
        elif name.startswith("recheck") or before == "closed" != self.state:
            self.due = False

    def _requests(self, name: str, who: str) -> None:
        if name in self.granted:
            self.granted[name] += 1
        kind = {"ask_extension": "extension", "ask_suspension": "suspension"}.get(name)
        if kind:
            self.asked = (kind, who)
        answered = {"extend": "extension", "suspend": "suspension"}.get(name)
        settled = name == "refuse_application" or (self.asked and self.asked[0] == answered)
        if settled or self.state not in AT_WORK | {"waiting"}:
            self.asked = None


class Life(RuleBasedStateMachine):
    """One case at a time; everything of a run is undone at its end."""

    streets: SimpleNamespace
    steps = 0
    made: dict[str, int] = {}
    refused: dict[str, int] = {}

    @initialize()
    def report(self) -> None:
        self.whole = transaction.atomic()
        self.whole.__enter__()
        self.now = BEGIN
        self.model = Model()
        self.case = self._open("路边有垃圾")
        self.other = self._open("同一处垃圾")

    def _open(self, text: str) -> Case:
        s = self.streets
        return cases.open(
            committee=s.huguo, community=s.a, category=s.litter, description=text, source="resident",
            by=s.reporter, now=self.now,
        )  # fmt: skip

    @rule(
        data=st.data(),
        hours=st.integers(1, 60),
        kind=st.sampled_from(["possible", "possible", "own", "anything"]),
    )
    def somebody_tries_something(self, data: st.DataObject, hours: int, kind: str) -> None:
        """One rule and not three: hypothesis would leave some out of a run, and few cases would come far."""
        if kind == "possible":
            said = self._well_said()
            possible = self._possible(said)
            names = sorted({name for name, _who in possible}) or ["file"]
            name = data.draw(st.sampled_from([one for one in names if one in FORWARD] * 2 + names))
            who = data.draw(st.sampled_from([who for one, who in possible if one == name] or ["stranger"]))
        elif kind == "own":
            said = self._well_said()
            name, who = data.draw(st.sampled_from(self._own_decisions() or [("file", "stranger")]))
        else:
            said = SimpleNamespace(**{key: data.draw(values) for key, values in SAID.items()})
            name, who = data.draw(st.sampled_from(sorted(BOOK))), data.draw(st.sampled_from(sorted(ROLES)))
        self._try(name, who, hours, said)

    def _well_said(self) -> SimpleNamespace:
        """All that any move needs."""
        unit = "unit_b" if self.model.unit == "unit_a" else "unit_a"
        photo = len(self.model.photos) + 10
        return SimpleNamespace(note="情况属实", unit=unit, photo=photo, later=True, into=True)

    def _possible(self, said: SimpleNamespace) -> list[tuple[str, str]]:
        """Steps that the rules allow, so that cases come far; what ends them for good only once they are old."""
        found = [
            (name, who)
            for name in sorted(BOOK)
            for who in sorted(ROLES)
            if not self.model.reasons(name, who, said)
        ]
        young = len(self.model.history) < 20
        return [one for one in found if not (young and one[0] in ("merge", "withdraw"))] or found

    def _own_decisions(self) -> list[tuple[str, str]]:
        """Whoever handled it tries to decide: the second person is what is most worth getting around."""
        hands = self.model.hands | ({self.model.handler} if self.model.handler else set())
        return [
            (name, who)
            for name in sorted(BY_ANOTHER_HAND)
            for who in sorted(hands)
            if self.model.state in BOOK[name][0] and self.model.roles(who) & BOOK[name][2]
        ]

    def _try(self, name: str, who: str, hours: int, said: SimpleNamespace) -> None:
        self.now += timedelta(hours=hours, minutes=7)
        Life.steps += 1
        reasons = self.model.reasons(name, who, said)
        offered = name in {move.name for move in cases.allowed(self.case, self._user(who))}
        assert offered is not bool(reasons & {"role", "state", "second_person", "pending", "no_application",
                                              "used_up", "recheck"})  # fmt: skip
        try:
            self._move(name, who, said)
        except Refused as refusal:
            assert refusal.code in reasons, (name, who, refusal.code, reasons)
            Life.refused[refusal.code] = Life.refused.get(refusal.code, 0) + 1
        else:
            assert not reasons, (name, who, reasons)
            Life.made[name] = Life.made.get(name, 0) + 1
            self.model.make(name, who, said, self.now)
            self._note_the_draw()

    def _move(self, name: str, who: str, said: SimpleNamespace) -> None:
        photo = None
        if name == "report_back" and said.photo is not None:
            photo = photos.Photo(f"pixels {said.photo}".encode(), name=f"{said.photo}.jpg")
        later = max(self.now, self.case.due_at or self.now) + timedelta(days=1)
        cases.move(
            self.case,
            name,
            by=self._user(who),
            note=said.note,
            unit=getattr(self.streets, said.unit) if said.unit else None,
            photo=photo,
            due_at=later if said.later else None,
            merged_into=self.other if said.into and name == "merge" else None,
            now=self.now,
        )

    def _user(self, who: str) -> Any:
        return getattr(self.streets, who)

    def _note_the_draw(self) -> None:
        """Whom the lot fell to is not foretold; that it fell to somebody without a part is."""
        row = Recheck.objects.filter(case=self.case, state="due").first() if self.model.due else None
        self.model.checker = None
        if row and row.checker_id:
            names = {getattr(self.streets, who).pk: who for who in ROLES}
            self.model.checker = names[row.checker_id]
            assert self.model.checker not in self.model.took_part | {"reporter"}

    @invariant()
    def the_case_stands_as_the_model_says(self) -> None:
        if not hasattr(self, "model"):
            return
        self.case = case = Case.objects.select_related("category", "zone", "committee", "unit").get(
            pk=self.case.pk
        )
        model = self.model
        assert case.state == model.state
        assert case.unit == (self._user(model.unit) if model.unit else None)
        assert case.proposed_unit == (self._user(model.owner) if model.owner else None)
        assert case.handler == (self._user(model.handler) if model.handler else None)
        ended = model.state in ENDS
        assert (case.closed_at is not None) is ended and (case.closed_on is not None) is ended
        assert (case.closed_in_time is not None) is (model.state == "closed")
        assert (case.due_at is not None) is (model.unit is not None)
        history = list(case.events.order_by("pk").values_list("move", "to_state", "from_state"))
        assert [row[:2] for row in history] == model.history
        assert all(after[2] == before[1] for before, after in itertools.pairwise(history))
        pending = CaseApplication.objects.filter(case=case, state="pending").select_related("by").first()
        assert (pending is None) is (model.asked is None)
        if pending and model.asked:
            assert (pending.kind, pending.by) == (model.asked[0], self._user(model.asked[1]))
        rechecks = Recheck.objects.filter(case=case)
        assert rechecks.count() == model.closings
        assert rechecks.filter(state="due").count() == int(model.due)

    def teardown(self) -> None:
        if hasattr(self, "whole"):
            transaction.set_rollback(True)
            self.whole.__exit__(None, None, None)


def walk(life: type[Life], runs: int, steps: int) -> None:
    """Generate and no more: what is found is told with its steps, shrinking it would take minutes."""
    run_state_machine_as_test(
        life,
        settings=settings(
            max_examples=runs,
            stateful_step_count=steps,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture
def life(streets):
    streets.reporter = person("报告人")
    CaseRules.objects.create(
        committee=streets.huguo, since=SINCE, recheck_percent=100, most_extensions=MOST, most_suspensions=MOST
    )
    Life.streets, Life.steps, Life.made, Life.refused = streets, 0, {}, {}
    return Life


def test_whatever_people_do_the_case_stands_as_the_rules_say(life):
    thousands = settings.get_current_profile_name() == "thousands"
    walk(life, *((70, 60) if thousands else (8, 25)))
    print(f"{life.steps} steps: {sum(life.made.values())} made, {sum(life.refused.values())} refused")
    assert life.steps > 60 and life.made and life.refused
    if thousands:
        assert set(life.made) == set(BOOK)  # every move of the book was made
        print(sorted(life.refused.items()))


# --- The machine can fail ---------------------------------------------------------------------------
def test_control_a_verb_that_forgets_the_second_person_is_found(life, monkeypatch):
    monkeypatch.setattr(cases.moving, "had_a_hand_in", lambda case, by: False)
    with pytest.raises(AssertionError):
        walk(life, 60, 40)


def test_control_a_verb_that_leaves_a_request_waiting_is_found(life, monkeypatch):
    monkeypatch.setattr(cases.applications, "_answer", lambda event, pending: None)
    with pytest.raises(AssertionError):
        walk(life, 60, 40)
