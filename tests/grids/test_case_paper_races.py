"""Two people decide on one request, ask twice, close or re-check at one moment: one of them is told.

With the control: without the lock both get through. So the attack is one that can be lost.
"""

import contextlib
import time

import pytest

from campaign.errors import Refused
from grids import cases
from grids.cases import moving
from grids.models import Case, CaseApplication, CaseEvent, CaseRules, Recheck
from tests.cast import SINCE, appoint, person
from tests.grids.conftest import photo
from tests.grids.scene import case_at
from tests.processes import together

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
ROUNDS = 5


@pytest.fixture
def rows(streets):
    CaseRules.objects.create(
        committee=streets.huguo, since=SINCE, recheck_percent=100, most_suspensions=20, most_extensions=20
    )
    streets.other_official = appoint(person("演示官员二"), "official", streets.huguo)
    return [
        cases.move(
            case_at(streets.huguo, streets.a, streets.litter, zone=streets.zone),
            "dispatch", by=streets.official, unit=streets.unit_a,
        )
        for _round in range(ROUNDS)
    ]  # fmt: skip


def rush(rows, tries) -> list[int]:
    """`tries[i](case)` in a process each, for case after case; how many of its moves each got through."""

    def run(index: int) -> int:
        done = 0
        for row in rows:
            with contextlib.suppress(Refused):
                tries[index](Case.objects.get(pk=row.pk))
                done += 1
        return done

    outcomes = together(len(tries), run)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    return [outcome.value for outcome in outcomes]


def moves_of(rows, *names) -> list[int]:
    return [CaseEvent.objects.filter(case=row, move__in=names).count() for row in rows]


@pytest.fixture
def asked(streets, rows):
    for row in rows:
        cases.move(row, "ask_suspension", by=streets.liaison_a, note="等产权单位")
    return rows


def grant_and_refuse(streets):
    return [
        lambda case: cases.move(case, "suspend", by=streets.official, note="同意"),
        lambda case: cases.move(case, "refuse_application", by=streets.other_official, note="不同意"),
        lambda case: cases.move(case, "suspend", by=streets.zone_leader, note="同意"),
    ]


def test_a_request_has_one_answer(streets, asked):
    rush(asked, grant_and_refuse(streets))
    for row in asked:
        paper = CaseApplication.objects.get(case=row)
        made = list(
            CaseEvent.objects.filter(case=row, move__in=("suspend", "refuse_application"))
            .order_by("pk")
            .values_list("move", flat=True)
        )
        # A leader may still suspend, of the own accord, what an official has refused.
        assert made in (["suspend"], ["refuse_application", "suspend"])
        assert paper.state == ("granted" if made[0] == "suspend" else "refused")


def test_control_without_the_lock_a_request_has_two_answers(streets, asked, monkeypatch):
    unlocked(monkeypatch)
    rush(asked, grant_and_refuse(streets)[:1] * 2)
    assert max(moves_of(asked, "suspend")) > 1


def test_of_two_that_ask_at_once_one_request_waits(streets, rows):
    ask = [
        lambda case, by=by: cases.move(case, "ask_suspension", by=by, note="等产权单位")
        for by in (streets.liaison_a, streets.secretary_a, streets.zone_leader)
    ]
    assert sum(rush(rows, ask)) == ROUNDS
    assert moves_of(rows, "ask_suspension") == [1] * ROUNDS
    assert CaseApplication.objects.filter(state="pending").count() == ROUNDS


@pytest.fixture
def handled(streets, rows):
    for row in rows:
        cases.move(row, "report_back", by=streets.liaison_a, photo=photo("green"))
    return rows


def test_of_several_that_close_at_once_one_closing_is_drawn_once(streets, handled):
    close = [
        lambda case, by=by: cases.move(case, "verify", by=by)
        for by in (streets.official, streets.other_official, streets.zone_leader)
    ]
    assert sum(rush(handled, close)) == ROUNDS
    assert Recheck.objects.count() == ROUNDS
    for row in Recheck.objects.select_related("case"):
        assert row.checker_id not in CaseEvent.objects.filter(case=row.case).values_list("by", flat=True)


def test_a_re_check_has_one_result(streets, handled):
    for row in handled:
        cases.move(row, "verify", by=streets.other_official)
    Recheck.objects.update(checker=streets.secretary_a)
    results = [
        lambda case: cases.move(case, "recheck_stays", by=streets.secretary_a),
        lambda case: cases.move(case, "recheck_reopens", by=streets.secretary_a, note="仍有残留"),
        lambda case: cases.move(case, "reopen", by=streets.other_official, note="又出现"),
    ]
    rush(handled, results)
    assert not Recheck.objects.filter(state="due").exists()
    for row in handled:
        paper = Recheck.objects.get(case=row)
        made = moves_of([row], "recheck_stays")[0], moves_of([row], "recheck_reopens")[0]
        assert made == {"stays": (1, 0), "reopened": (0, 1), "lapsed": (0, 0)}[paper.state]


def unlocked(monkeypatch) -> None:
    """Everybody looks before anybody writes: what `_locked` makes impossible."""

    def looked_at(case: Case, other: Case | None) -> Case:
        found = Case.objects.select_related("category", "zone", "committee").get(pk=case.pk)
        time.sleep(0.2)
        return found

    monkeypatch.setattr(moving, "_locked", looked_at)
    monkeypatch.setattr(moving.photos, "together", contextlib.nullcontext)
