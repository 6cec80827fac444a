"""The first story, by its verbs alone: plan, patrol, a "no", a case, handled, verified, counted."""

import datetime
from decimal import Decimal

import time_machine

from campaign import tallies
from campaign.recurrence import SHANGHAI
from grids import cases, patrols
from grids.models import Patrol
from grids.workflow import State
from tests.grids.conftest import photo

DAY = datetime.date(2026, 11, 2)


def at(hour: int, minute: int = 0, day: datetime.date = DAY) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour, minute), tzinfo=SHANGHAI)


def test_a_patrol_finds_something_and_it_ends_in_the_tally(streets):
    with time_machine.travel(at(8), tick=False):
        assert patrols.schedule(until=DAY) == 1
    patrol = Patrol.objects.get()
    assert patrol.patroller == streets.patroller
    with time_machine.travel(at(9, 30), tick=False):
        for line in patrols.lines(patrol):
            value = "no" if (line.point, line.item) == (streets.point, streets.clean) else "yes"
            given = patrols.answer(patrol, line.point, line.item, value, by=streets.patroller, photo=photo())
            case = given.case or locals().get("case")
        patrols.finish(patrol, by=streets.patroller)
        assert case.state == State.DISPATCHED
        assert (case.unit, case.zone, case.community) == (streets.unit_a, streets.zone, streets.a)
        assert case.due_at == at(13, 30)
    with time_machine.travel(at(10, 30), tick=False):
        case = cases.move(case, "accept", by=streets.liaison_a)
        case = cases.move(case, "report_back", by=streets.liaison_a, photo=photo("green"))
        case = cases.move(case, "verify", by=streets.zone_leader)
    assert case.state == State.CLOSED and case.closed_in_time
    tallies.count_marked()
    for key in (
        "patrols_due",
        "patrols_done",
        "findings",
        "cases_opened",
        "cases_due",
        "cases_filed",
        "cases_due_closed",
        "cases_due_closed_in_time",
        "cases_closed",
        "responses_in_time",
    ):
        assert tallies.total(f"grids.{key}", DAY, DAY, communities=[streets.a]) == Decimal(1), key
