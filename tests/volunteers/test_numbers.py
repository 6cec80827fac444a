"""Volunteer service in numbers: each figure is what the rows behind it come to, persons are not person-times."""

import datetime
import io
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models import ProtectedError
from django.utils import timezone
from openpyxl import load_workbook

from accounts.access import unmask_all
from accounts.models import PersonalDataAccess
from campaign import tallies
from campaign.roles import Role
from tests.cast import appoint, person
from tests.volunteers import scene
from tests.volunteers.pages import browser
from volunteers import attendance, exports, numbers, signups
from volunteers.models import Commendation, HourEntry, Signup, Star, Training
from volunteers.numbers import Asked, period_before

Day = datetime.date
MAY = {"first": "2020-05-01", "last": "2020-05-31"}
MAY_DAYS = Day(2020, 5, 1), Day(2020, 5, 31)


def held(cast: SimpleNamespace, day: Day, came: list[Any], **more: Any) -> Any:
    """An activity of two hours at which all of `came` were."""
    start = datetime.datetime.combine(day, datetime.time(9), tzinfo=timezone.get_current_timezone())
    activity = scene.activity(cast, 10, starts_at=start, **more)
    position = activity.positions.get()
    rows = [signups.join(position, one, now=start - timedelta(days=1)) for one in came]
    attendance.close(activity, by=None, present=[row.pk for row in rows], now=start + timedelta(hours=3))
    return activity


@pytest.fixture
def world(cast: SimpleNamespace) -> SimpleNamespace:
    """In April two people served, in May one of them twice and a new one once, in B one more."""
    one, two, three, other = (scene.volunteer(cast) for _number in range(4))
    three.joined_on = Day(2020, 5, 6)
    three.save()
    held(cast, Day(2020, 4, 10), [one, two])
    held(cast, Day(2020, 5, 8), [one, three], leader=cast.team_leader)
    held(cast, Day(2020, 5, 15), [one])
    held(cast, Day(2020, 5, 16), [other], community=cast.b)
    while tallies.count_marked():
        pass
    return SimpleNamespace(cast=cast, one=one, three=three)


def asked(cast: SimpleNamespace, user: Any, community: Any = None) -> Asked:
    return Asked(user, cast.huguo, *MAY_DAYS, community)


def values(of: Asked) -> dict[str, int]:
    return {number.figure.key: number.value for number in numbers.counted(of)}


def test_persons_and_person_times_are_apart(world: SimpleNamespace) -> None:
    cast = world.cast
    told = values(asked(cast, cast.secretary_a))
    assert told == {
        "registered": 4, "joined": 1, "activities": 2, "signups": 3, "persons": 2, "attendances": 3, "hours": 360,
        "returned": 1, "shortage": 7,
    }  # fmt: skip
    assert values(asked(cast, cast.official))["persons"] == 3
    assert values(asked(cast, cast.official, cast.b))["attendances"] == 1


def test_who_leads_one_activity_sees_its_numbers_alone(world: SimpleNamespace) -> None:
    cast = world.cast
    told = values(asked(cast, cast.team_leader))
    assert (told["activities"], told["persons"], told["attendances"], told["hours"]) == (1, 2, 2, 240)


@pytest.mark.parametrize("who", ["official", "secretary_a", "secretary_b", "team_leader", "official_far"])
def test_a_figure_is_what_the_rows_behind_it_come_to(world: SimpleNamespace, who: str) -> None:
    user = getattr(world.cast, who)
    of = Asked(user, world.cast.other if who == "official_far" else world.cast.huguo, *MAY_DAYS)
    for number in numbers.counted(of):
        page = browser(user).get(f"/volunteers/numbers/{number.figure.key}/", MAY)
        listed = [row.get("value", 1) for row in page.context.get("rows", [])]
        assert number.value == page.context["value"] == sum(value or 0 for value in listed), number.figure.key
        assert str(number.figure.definition) in page.content.decode()


def test_kinds_teams_and_communities_add_up(world: SimpleNamespace) -> None:
    of = asked(world.cast, world.cast.official)
    for by in numbers.BY:
        lines = numbers.told_apart(of, by)
        assert [sum(getattr(line, what) for line in lines) for what in ("held", "times", "minutes")] == [
            3,
            4,
            480,
        ]
    assert [line.name for line in numbers.told_apart(of, "community")] == ["南屏街社区", "文庙社区"]


def test_positions_of_one_name_are_short_together(world: SimpleNamespace) -> None:
    (line,) = numbers.shortages(asked(world.cast, world.cast.secretary_a))
    assert (line.name, line.positions, line.needed, line.taken, line.lack) == ("志愿者", 2, 10, 3, 7)


def test_of_fewer_than_ten_no_percentage_is_told_but_n_is(world: SimpleNamespace) -> None:
    cast = world.cast
    number = numbers.counted(asked(cast, cast.secretary_a))[7]
    assert (number.figure.key, number.whole, number.percent) == ("returned", 2, None)
    assert numbers.Number(number.figure, 7, 10).percent == 70
    more = [scene.volunteer(cast) for _number in range(8)]
    held(cast, Day(2020, 4, 11), more)
    told = browser(cast.secretary_a).get("/volunteers/numbers/", MAY).content.decode()
    assert "10.0%" in told and "10" in told


def test_an_arrival_by_the_printed_code_counts_when_it_is_confirmed(world: SimpleNamespace) -> None:
    cast = world.cast
    row = Signup.objects.filter(day=Day(2020, 5, 15)).get().attendance
    row.came_by, row.confirmed_by = "printed", None
    row.save()
    tallies.count_marked()
    assert values(asked(cast, cast.secretary_a))["attendances"] == 2
    row.confirmed_by = cast.secretary_a
    row.save()
    tallies.count_marked()
    assert values(asked(cast, cast.secretary_a))["attendances"] == 3


@pytest.mark.parametrize(
    ("period", "before"),
    [
        ((Day(2020, 5, 1), Day(2020, 5, 31)), (Day(2020, 4, 1), Day(2020, 4, 30))),
        ((Day(2020, 1, 1), Day(2020, 12, 31)), (Day(2019, 1, 1), Day(2019, 12, 31))),
        ((Day(2020, 2, 1), Day(2020, 4, 30)), (Day(2019, 11, 1), Day(2020, 1, 31))),
        ((Day(2020, 5, 4), Day(2020, 5, 10)), (Day(2020, 4, 27), Day(2020, 5, 3))),
        ((Day(2020, 5, 1), Day(2020, 5, 1)), (Day(2020, 4, 30), Day(2020, 4, 30))),
    ],
)
def test_the_period_before(period: tuple[Day, Day], before: tuple[Day, Day]) -> None:
    assert period_before(*period) == before


# --- Hours survive ----------------------------------------------------------------------------------
def test_hours_survive_the_deletion_of_the_activity(world: SimpleNamespace) -> None:
    cast = world.cast
    activity = Signup.objects.get(day=Day(2020, 5, 15)).activity
    with pytest.raises(ProtectedError):
        activity.delete()
    before = values(asked(cast, cast.secretary_a))["hours"]
    row = activity.signups.get()
    row.attendance.delete()
    row.delete()
    activity.delete()
    entry = HourEntry.objects.get(day=Day(2020, 5, 15))
    assert (entry.activity, entry.attendance, entry.minutes, entry.what) == (None, None, 120, "清扫街面")
    assert entry.volunteer == world.one
    while tallies.count_marked():
        pass
    assert values(asked(cast, cast.secretary_a))["hours"] == before
    assert [line.minutes for line in numbers.told_apart(asked(cast, cast.secretary_a), "community")] == [360]
    assert [(line.name, line.minutes) for line in numbers.told_apart(asked(cast, cast.secretary_a), "kind")] == [
        ("每周五义务劳动", 240), ("", 120)
    ]  # fmt: skip
    assert tallies.audit() == []
    for export in exports.EXPORTS.values():  # what is handed on has the hours still, without a place
        parts = [list(part.rows) for part in export.parts(asked(cast, cast.secretary_a))]
        assert [row for rows in parts for row in rows if "清扫街面" in row and Day(2020, 5, 15) in row]


# --- Pages ------------------------------------------------------------------------------------------
def test_page_and_workbook_say_the_same(world: SimpleNamespace) -> None:
    cast = world.cast
    client = browser(cast.secretary_a)
    page = client.get("/volunteers/numbers/", MAY)
    answer = client.get("/volunteers/numbers/workbook/", MAY)
    book = load_workbook(io.BytesIO(answer.content))
    rows = list(book.worksheets[0].values)[1:]
    assert [row[1] for row in rows] == [number.value for number in page.context["numbers"]]
    assert len(book.worksheets) == 5
    for volunteer in (world.one, world.three):
        assert volunteer.phone.encode() not in page.content


@pytest.mark.parametrize(
    "wrong",
    [
        {"first": "2020-05-02", "last": "2020-05-01"},
        {"first": "nonsense"},
        {"first": "2019-01-01", "last": "2020-12-31"},
        {"community": "0"},
        {"community": "x"},
        {"first": "0001-01-01", "last": "0001-01-02"},
        {"first": "1950-01-01", "last": "1950-01-02\x00"},
    ],
)
def test_what_is_no_period_or_no_place_of_ones_own_is_said(
    world: SimpleNamespace, wrong: dict[str, str]
) -> None:
    client = browser(world.cast.secretary_a)
    for address in ("", "workbook/", "persons/"):
        assert client.get(f"/volunteers/numbers/{address}", MAY | wrong).status_code == 400
    assert client.get("/volunteers/numbers/", MAY | {"community": world.cast.b.pk}).status_code == 400
    assert client.get("/volunteers/numbers/nothing/", MAY).status_code == 404


# --- Handing on -------------------------------------------------------------------------------------
def cells(answer: Any) -> dict[str, list[dict[str, Any]]]:
    """The sheets of a workbook by title, each row by its headings; the note stands in the first row."""
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(answer.content))
    found = {}
    for sheet in book.worksheets:
        note, head, *rows = sheet.values
        assert note[0]
        found[sheet.title] = [dict(zip(head, row, strict=True)) for row in rows]
    return found


@pytest.fixture
def english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


def test_what_goes_to_the_platform_is_the_ledger_after_corrections(
    world: SimpleNamespace, english: None
) -> None:
    cast = world.cast
    entry = HourEntry.objects.get(day=Day(2020, 5, 15))
    scene.correct(entry, -30, cast)
    book = cells(browser(cast.secretary_a).get("/volunteers/numbers/export/platform/", MAY))
    hours = book["Hours of service"]
    assert [line["hours served"] for line in hours] == [2, 2, 1.5]
    assert hours[2]["volunteer number"] == world.one.number
    assert hours[2]["mobile number"] == world.one.masked_phone
    assert [line["activity"] for line in book["Activities"]] == ["清扫街面"] * 2
    assert len(book["Personal information"]) == 2
    scene.correct(entry, -90, cast)
    assert (
        len(
            cells(browser(cast.secretary_a).get("/volunteers/numbers/export/platform/", MAY))[
                "Hours of service"
            ]
        )
        == 2
    )


def test_the_ministrys_record_has_its_five_parts(world: SimpleNamespace, english: None) -> None:
    cast, three = world.cast, world.three
    place = {"committee": cast.huguo, "community": cast.a, "volunteer": three, "day": Day(2020, 5, 7)}
    Training.objects.create(**place, content="急救", organiser="演示学校", minutes=90)
    Commendation.objects.create(**place, title="优秀志愿者", given_by="演示居委会")
    Star.objects.create(
        committee=cast.huguo, community=cast.a, volunteer=three, level=1, minutes=6000, state="confirmed",
        noticed_on=Day(2020, 5, 1), notice_until=Day(2020, 5, 9), confirmed_on=Day(2020, 5, 11),
    )  # fmt: skip
    book = cells(browser(cast.secretary_a).get("/volunteers/numbers/export/record/", MAY))
    assert [len(rows) for rows in book.values()] == [2, 3, 1, 1, 1]
    assert list(book) == ["Personal information", "Service done", "Training", "Commendations", "Evaluation"]
    assert book["Training"][0]["hours of study"] == 1.5
    assert book["Evaluation"][0]["stars"] == 1
    far = Asked(cast.official_far, cast.other, *MAY_DAYS)
    assert not exports.persons(far).exists()


def test_whole_numbers_need_capability_and_reason_and_every_look_is_on_record(
    world: SimpleNamespace, english: None
) -> None:
    cast = world.cast
    address = "/volunteers/numbers/export/record/phones/?first=2020-05-01&last=2020-05-31"
    client = browser(cast.secretary_a)
    assert client.post(address, {"reason": " "}).status_code == 400
    assert not PersonalDataAccess.objects.exists()
    answer = client.post(address, {"reason": "上传全国系统"})
    assert {row["mobile number"] for row in cells(answer)["Personal information"]} == {
        world.one.phone, world.three.phone,
    }  # fmt: skip
    assert "no-store" in answer["Cache-Control"]
    looks = PersonalDataAccess.objects.filter(by=cast.secretary_a, reason="上传全国系统", field="phone")
    assert {int(look.subject_id) for look in looks} == {world.one.pk, world.three.pk}
    with pytest.raises(ValueError, match="reason"):
        unmask_all([world.one], "phone", by=cast.secretary_a, reason=" ")
    clerk = appoint(person("演示干事"), Role.CLERK, cast.huguo, cast.a)
    assert browser(clerk).get(address).status_code == 403
    assert browser(clerk).get("/volunteers/numbers/export/record/", MAY).status_code == 200


def test_a_person_of_elsewhere_stays_masked(world: SimpleNamespace, english: None) -> None:
    cast = world.cast
    guest = scene.volunteer(cast, community=cast.b)
    held(cast, Day(2020, 5, 20), [guest])
    answer = browser(cast.secretary_a).post(
        "/volunteers/numbers/export/platform/phones/?first=2020-05-01&last=2020-05-31", {"reason": "核对"}
    )
    assert guest.masked_phone in [row["mobile number"] for row in cells(answer)["Hours of service"]]
    assert not PersonalDataAccess.objects.filter(subject_id=str(guest.pk)).exists()


def test_more_than_a_sheet_should_hold_is_refused(
    world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST", 1)
    client = browser(world.cast.secretary_a)
    assert client.get("/volunteers/numbers/export/platform/", MAY).status_code == 409
    address = "/volunteers/numbers/export/platform/phones/?first=2020-05-01&last=2020-05-31"
    assert client.post(address, {"reason": "核对"}).status_code == 409
    assert not PersonalDataAccess.objects.exists()
    assert client.get("/volunteers/numbers/export/nothing/", MAY).status_code == 404
