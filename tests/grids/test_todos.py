"""Each role is told what waits for it, and nothing that waits for others."""

import datetime

import pytest
import time_machine

from campaign.recurrence import SHANGHAI
from grids import cases, patrols, todos
from grids.models import Case
from tests.grids.conftest import photo

NOW = datetime.datetime(2026, 11, 4, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture
def work(streets):
    """A case to dispatch, one to handle that is overdue, one to verify; and a patrol of today."""
    with time_machine.travel(NOW, tick=False):
        patrols.schedule(until=NOW.date())
        made = [
            cases.open(
                committee=streets.huguo, community=streets.a, category=streets.litter, description="垃圾",
                source="resident", now=NOW - datetime.timedelta(days=2),
            )
            for _case in range(3)
        ]  # fmt: skip
        for case in made[1:]:
            cases.move(
                case,
                "dispatch",
                by=streets.official,
                unit=streets.unit_a,
                now=NOW - datetime.timedelta(days=2),
            )
        cases.move(made[2], "report_back", by=streets.liaison_a, photo=photo())
        yield streets


def told(user) -> dict[str, tuple[int, int]]:
    functions = (todos.of_patrollers, todos.of_units, todos.of_those_who_answer_for_cases)
    found = [entry for tell in functions for entry in tell(user) if entry.count]
    return {entry.url.rsplit("/", 2)[-1] or "today": (entry.count, entry.overdue) for entry in found}


@pytest.mark.parametrize(
    ("who", "waits"),
    [
        ("patroller", {"today": (1, 0)}),
        ("liaison_a", {"?show=handling": (1, 1)}),
        ("liaison_b", {}),
        ("secretary_a", {"?show=to_verify": (1, 0), "?show=overdue": (2, 2)}),
        ("secretary_b", {}),
        (
            "official",
            {"?show=to_file": (1, 0), "?show=to_verify": (1, 0), "?show=overdue": (2, 2)},
        ),
        ("official_far", {}),
        ("stranger", {}),
    ],
)
def test_a_role_is_told_what_waits_for_it(work, who, waits):
    assert told(getattr(work, who)) == waits


def test_the_lists_behind_the_to_dos_have_as_many_rows(work, client):
    client.force_login(work.official)
    for entry in todos.of_those_who_answer_for_cases(work.official):
        page = client.get(entry.url)
        assert page.status_code == 200
        shown = [case for case in Case.objects.all() if case.code in page.content.decode()]
        assert len(shown) == entry.count, entry.url
