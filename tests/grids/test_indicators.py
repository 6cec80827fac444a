"""The indicators of the statistical month, counted from records, as a real notice states them."""

import datetime
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from campaign import calendar, tallies
from campaign.models import Tally
from campaign.recurrence import SHANGHAI
from grids import cases, indicators
from grids.indicators import INDICATORS
from grids.models import Case, CaseEvent, ClockRecord, ClockSetting
from grids.months import Months
from grids.workflow import MOVES, REPORT
from tests.grids.conftest import photo


def at(month, day, hour=10, minute=0):
    return datetime.datetime(2020, month, day, hour, minute, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _calendar(db):
    calendar.fill(2020)


class Writer:
    """Walks cases through their states with the same steps as the verbs, and writes them in bulk."""

    def __init__(self, streets):
        self.streets = streets
        self.cases, self.events, self.records = [], [], {}

    def case(self, reported_at, community, *, source="patrol") -> Case:
        case = Case(
            committee=self.streets.huguo, community=community, category=self.streets.litter, source=source,
            description="垃圾", reported_at=reported_at, reported_on=timezone.localdate(reported_at),
        )  # fmt: skip
        self.cases.append(case)
        self.events.append(cases.event_of(case, REPORT, from_state="", by=None, at=reported_at))
        return case

    def step(self, case, name, now, **given):
        self.note(case, now)
        self.events.append(cases.step(case, MOVES[name], by=None, now=now, **given))
        self.note(case, now)

    def note(self, case, now):
        for record in cases.records_of(case, now, Months([])):
            self.records.setdefault((id(case), record.run, record.kind), record)

    def write(self):
        Case.objects.bulk_create(self.cases)
        rows = [*self.events, *self.records.values()]
        for row in rows:
            row.case_id = row.case.pk
        CaseEvent.objects.bulk_create(self.events)
        ClockRecord.objects.bulk_create(list(self.records.values()))
        while tallies.count_marked():
            pass


DUE, CLOSED, IN_TIME = 972, 911, 737


@pytest.fixture
def notice(streets):
    """A month with 972 deadlines: 737 closed in time, 174 late, 61 not by its end; and neighbours of the month."""
    writer = Writer(streets)
    with calendar.remembering(at(1, 1).date(), at(12, 31).date()):
        for number in range(DUE):
            when = at(10, 26) + timedelta(days=number % 28, minutes=number)
            case = writer.case(when, streets.a if number % 2 else streets.b)
            writer.step(case, "dispatch", when, unit=streets.unit_a)
            writer.step(case, "report_back", case.due_at - timedelta(minutes=30))
            if number < CLOSED:
                late = timedelta(minutes=-10 if number < IN_TIME else 20)
                writer.step(case, "verify", case.due_at + late)
            else:
                writer.note(case, at(11, 25, 18))
                if number % 2:
                    writer.step(case, "verify", at(12, 1))  # after the month: it changes nothing in it
        for when in (at(10, 20), at(11, 26)):
            case = writer.case(when, streets.a)
            writer.step(case, "dispatch", when, unit=streets.unit_a)
            writer.step(case, "report_back", when)
            writer.step(case, "verify", when)
        merged = writer.case(at(11, 5), streets.a)
        writer.step(merged, "dispatch", at(11, 5), unit=streets.unit_a)
        writer.step(merged, "return", at(11, 5))
    writer.write()
    return streets


def shares_of(streets, text="2020-11"):
    sheet = indicators.sheet(streets.huguo, indicators.month_asked(streets.huguo, text))
    return sheet, {share.indicator.key: share for share in sheet.street}


def test_the_worked_example_of_a_real_notice(notice, client):
    sheet, shares = shares_of(notice)
    assert (shares["closing"].part, shares["closing"].whole, shares["closing"].percent) == (
        CLOSED, DUE, Decimal("93.72"),
    )  # fmt: skip
    assert (shares["on_time"].part, shares["on_time"].percent) == (IN_TIME, Decimal("75.82"))
    assert (
        sum(
            share.whole
            for _place, row in sheet.communities
            for share in row
            if share.indicator.key == "closing"
        )
        == DUE
    )
    assert shares["rework"].percent == Decimal("0.00")
    client.force_login(notice.official)
    page = client.get("/indicators/?month=2020-11").content.decode()
    for said in ("93.72%", "75.82%", "972", "911", "737", "2020年10月26日", "2020年11月25日"):
        assert said in page
    book = load_workbook(io.BytesIO(client.get("/indicators/export/?month=2020-11").content))
    told = {
        row["key"]: row
        for row in client.get("/api/v1/indicators/?month=2020-11").json()
        if row["community"] is None
    }
    assert (told["closing"]["part"], told["closing"]["whole"], told["closing"]["percent"]) == (
        CLOSED,
        DUE,
        "93.72",
    )
    assert client.get("/api/v1/indicators/?month=nonsense").status_code == 400
    client.force_login(notice.patroller)
    assert client.get("/api/v1/indicators/").status_code == 403
    rows = [row for row in book.active.iter_rows(values_only=True) if row[0] == "结案率" and row[2] == CLOSED]
    assert [row[2:5] for row in rows] == [(CLOSED, DUE, 93.72)]


def test_an_old_month_counted_again_is_the_same_whatever_came_later(notice):
    before = set(
        Tally.objects.filter(day__lte=at(11, 25).date()).values_list("metric", "day", "community", "value")
    )
    open_cases = Case.objects.filter(state="handled")[:5]
    for case in open_cases:
        cases.add_photo(case, photo(), "after")
        cases.move(case, "verify", by=notice.official, now=at(12, 7))
    for case in Case.objects.filter(state="closed")[:5]:
        cases.move(case, "reopen", by=notice.official, note="又有了", now=at(12, 8))
    while tallies.count_marked():
        pass
    tallies.recount_everything()
    after = set(
        Tally.objects.filter(day__lte=at(11, 25).date()).values_list("metric", "day", "community", "value")
    )
    keys = {key for one in INDICATORS for key in (one.part_key, one.whole_key)}
    assert {row for row in after ^ before if row[0] in keys} == set()


def test_of_fewer_than_ten_no_percentage_is_told(streets):
    writer = Writer(streets)
    for number in range(9):
        case = writer.case(at(11, 4, 9, number), streets.a)
        writer.step(case, "dispatch", at(11, 4, 9, number), unit=streets.unit_a)
    writer.write()
    _sheet, shares = shares_of(streets)
    assert (shares["filing"].part, shares["filing"].whole, shares["filing"].percent) == (9, 9, None)


def test_steps_are_counted_once_and_taken_back_when_they_were_undone(streets):
    case = cases.open(
        committee=streets.huguo, community=streets.a, category=streets.litter, description="垃圾",
        source="resident", now=at(11, 4),
    )  # fmt: skip
    other = cases.open(
        committee=streets.huguo, community=streets.a, category=streets.litter, description="垃圾",
        source="patrol", unit=streets.unit_a, now=at(11, 4),
    )  # fmt: skip
    case = cases.move(
        case, "dispatch", by=streets.official, unit=streets.unit_a, now=at(11, 4), undoable=True
    )
    cases.undo(case.events.get(move="dispatch"), by=streets.official, now=at(11, 4, 10, 5))
    while tallies.count_marked():
        pass
    day = at(11, 4).date()
    assert tallies.total("grids.cases_filed", day, day) == 1
    assert tallies.by_slice("grids.cases_filed", day, day)["patrol"] == 1
    assert other.state == "dispatched"


@pytest.mark.parametrize(
    "month", ["2020-13", "2020", "x", "2020-1-1", "9999999-01", "-", "２０２０-01", "0001-01"]
)
def test_a_month_that_is_none_is_said(streets, client, month):
    client.force_login(streets.official)
    for page in ("/indicators/", "/indicators/export/"):
        assert client.get(page, {"month": month}).status_code == 400


def test_the_cut_off_is_the_street_s(streets):
    ClockSetting.objects.create(committee=streets.huguo, since=at(1, 1).date(), month_ends_on=31)
    month = indicators.month_asked(streets.huguo, "2020-11")
    assert (month.first, month.last) == (at(11, 1).date(), at(11, 30).date())
    assert len(indicators.last_months(streets.huguo)) == 24


def test_every_indicator_is_a_share_of_two_metrics_that_say_what_they_count():
    for one in INDICATORS:
        assert one.part.definition and one.whole.definition
        assert not one.part.stock and not one.whole.stock
