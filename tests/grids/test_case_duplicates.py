"""The same problem twice: hinted at on entry, put together, followed, taken apart again, and told once."""

import datetime
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from campaign import outbox
from campaign.errors import Refused
from campaign.models import OutboxMessage
from campaign.recurrence import SHANGHAI
from grids import cases
from grids.cases import duplicates, followers
from grids.models import Case, CaseEvent, CaseFollower
from grids.workflow import State
from tests.grids.conftest import photo

NOW = datetime.datetime(2026, 11, 4, 10, 0, tzinfo=SHANGHAI)  # a Wednesday
REAL = "13900000001"
REAL_TWO = "13900000002"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def _gateway(settings):
    settings.SMS_GATEWAY = "tests.house.gateways.send"


def put(streets, **given) -> Case:
    values = {
        "committee": streets.huguo,
        "community": streets.a,
        "category": streets.litter,
        "description": "路边有垃圾",
        "source": "resident",
    }
    return cases.open(**{**values, **given})


def likely(streets, **given):
    asked = {"category": streets.litter, "community": streets.a, **given}
    return [one.case for one in cases.likely(Case.objects.filter(committee=streets.huguo), **asked)]


# --- Hints ----------------------------------------------------------------------------------------
def test_the_same_point_the_same_address_or_a_place_near_by_is_hinted_at(streets):
    by_point = put(streets, point=streets.point)
    by_address = put(streets, address="南屏街 12 号")
    near = put(streets, longitude=Decimal("102.712300"), latitude=Decimal("25.038400"))
    put(streets, address="南屏街112号")
    put(streets, longitude=Decimal("102.714300"), latitude=Decimal("25.038400"))  # two hundred metres on
    assert likely(streets, point=streets.point) == [by_point]
    assert likely(streets, address="南屏街１２号。") == [by_address]
    assert likely(streets, longitude="102.7120", latitude="25.0384") == [near]
    assert likely(streets) == []


def test_another_category_an_old_one_and_one_that_has_ended_are_not(streets):
    put(streets, point=streets.point, category=streets.paving)
    put(streets, point=streets.point, now=NOW - duplicates.RECENT - timedelta(hours=1))
    ended = put(streets, point=streets.point)
    cases.move(ended, "reject", by=streets.official, note="不属于街道")
    assert likely(streets, point=streets.point) == []


def test_a_place_at_the_edge_of_the_world_is_no_error(streets):
    for longitude, latitude in (("180", "90"), ("-180", "-90"), ("0", "0")):
        assert likely(streets, longitude=longitude, latitude=latitude) == []


# --- Merging and taking apart ---------------------------------------------------------------------
def test_unmerging_restores_the_state_and_what_remained_of_the_time(streets):
    main = put(streets)
    twin = cases.move(put(streets), "dispatch", by=streets.official, unit=streets.unit_a)
    assert twin.due_at == NOW + timedelta(hours=4)  # working hours of one day
    before = Case.objects.values().get(pk=twin.pk)
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        twin = cases.move(twin, "merge", by=streets.official, merged_into=main)
        assert twin.state == State.DUPLICATE
    with time_machine.travel(NOW + timedelta(hours=3), tick=False):
        apart = cases.unmerge(twin, by=streets.official)
    after = Case.objects.values().get(pk=twin.pk)
    for clock in ("due_at", "response_due_at", "warn_at", "response_warn_at"):
        assert after.pop(clock) == before.pop(clock) + timedelta(hours=2), "it stood still while merged"
    looked_at = (before.pop("clock_at"), after.pop("clock_at"))
    assert looked_at[1], "the sweep looks at it again"
    assert after == before
    assert apart.state == State.DISPATCHED
    assert list(twin.events.order_by("pk").values_list("move", flat=True)) == [
        "report", "dispatch", "merge", "undo",
    ]  # fmt: skip


def test_unmerging_is_refused_to_others_and_where_nothing_was_merged(streets):
    main, twin = put(streets), put(streets)
    twin = cases.move(twin, "merge", by=streets.official, merged_into=main)
    for user in (streets.liaison_a, streets.stranger, streets.official_far):
        assert not cases.may_unmerge(twin, user)
        with pytest.raises(Refused):
            cases.unmerge(twin, by=user)
    with pytest.raises(Refused) as refusal:
        cases.unmerge(main, by=streets.official)
    assert refusal.value.code == "state"
    cases.unmerge(twin, by=streets.official)
    with pytest.raises(Refused):
        cases.unmerge(twin, by=streets.official)


def test_what_came_after_cannot_be_taken_back_from_under_it(streets):
    case = put(streets)
    case = cases.move(case, "file", by=streets.official, undoable=True)
    event = case.events.get(move="file")
    cases.move(case, "dispatch", by=streets.official, unit=streets.unit_a)
    with pytest.raises(Refused) as refusal:
        cases.undo(event, by=streets.official)
    assert refusal.value.code == "moved_on"
    with pytest.raises(Refused) as refusal:
        cases.undo(case.events.get(move="dispatch"), by=streets.official)
    assert refusal.value.code == "not_kept"


def test_every_field_that_a_move_may_write_comes_back(streets):
    """Whatever a later version adds to a case: it is kept and put back, or said to be what the case is."""
    from grids.cases import standing

    case = cases.move(put(streets), "dispatch", by=streets.official, unit=streets.unit_a)
    case = cases.move(case, "accept", by=streets.liaison_a)
    kept = standing.kept_of(Case.objects.get(pk=case.pk))
    assert set(kept) | {Case._meta.get_field(name).attname for name in standing.WHAT_IT_IS} == {
        field.attname for field in Case._meta.concrete_fields
    }
    blank = Case(pk=case.pk)
    standing.put_back(blank, kept)
    for name in kept:
        assert getattr(blank, name) == getattr(case, name), name


# --- Followers ------------------------------------------------------------------------------------
def close(streets, case: Case) -> Case:
    case = cases.move(case, "dispatch", by=streets.official, unit=streets.unit_a)
    case = cases.move(case, "report_back", by=streets.liaison_a, photo=photo("green"))
    return cases.move(case, "verify", by=streets.official)


def told() -> list[str]:
    return sorted(OutboxMessage.objects.values_list("recipient", flat=True))


def test_one_closing_tells_every_reporter_once(streets):
    main = put(streets, reporter_phone=REAL)
    twin = put(streets, reporter_phone=REAL_TWO)
    third = put(streets, reporter_phone=REAL)  # the same neighbour, once more
    followers.follow(main, phone="13900000003")
    cases.move(third, "merge", by=streets.official, merged_into=twin)
    cases.move(twin, "merge", by=streets.official, merged_into=main)
    closed = close(streets, main)
    assert told() == [REAL, REAL_TWO, "13900000003"]
    event = closed.events.get(move="verify")
    followers.tell(closed, event)
    assert len(told()) == 3
    assert twin.code in OutboxMessage.objects.get(recipient=REAL_TWO).text, (
        "by the number that they were given"
    )


def test_who_was_taken_out_of_it_is_not_told(streets):
    main, twin = put(streets, reporter_phone=REAL), put(streets, reporter_phone=REAL_TWO)
    twin = cases.move(twin, "merge", by=streets.official, merged_into=main)
    cases.unmerge(twin, by=streets.official)
    close(streets, main)
    assert told() == [REAL]


def test_a_message_that_nobody_has_begun_to_send_is_called_back(streets):
    one, other = put(streets, reporter_phone=REAL), put(streets, reporter_phone=REAL_TWO)
    close(streets, one), close(streets, other)
    event = CaseEvent.objects.get(case=one, move="verify")
    assert outbox.call_back(f"case-{event.pk}-") == 1
    assert told() == [REAL_TWO]


def test_me_too_is_one_row_however_often(streets):
    case = put(streets)
    first = followers.follow(case, phone=REAL)
    assert followers.follow(case, phone=REAL) == first
    user = User.objects.get(pk=streets.stranger.pk)
    assert followers.follow(case, user=user) == followers.follow(case, user=user)
    assert CaseFollower.objects.count() == 2
    cases.move(case, "reject", by=streets.official, note="不属于街道")
    case.refresh_from_db()
    assert followers.follow(case, phone=REAL) == first
    with pytest.raises(Refused):
        followers.follow(case, phone=REAL_TWO)


# --- The resident's page --------------------------------------------------------------------------
def sent(streets, **more) -> dict:
    return {
        "category": streets.litter.pk,
        "community": streets.a.pk,
        "address": "头道巷 5 号",
        "description": "垃圾又满了",
        "form_key": "7d1f6a52-0d55-4ab5-8d5c-4d7f6c2d9b11",
        **more,
    }


def test_a_report_of_what_is_known_is_asked_about_first(streets, client):
    known = put(streets, address="头道巷5号", description="张三家门口", reporter_phone=REAL)
    answer = client.post("/report/", sent(streets))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert Case.objects.count() == 1
    assert "垃圾又满了" in page, "all that was typed is kept"
    assert known.code not in page
    assert "张三" not in page
    assert REAL not in page
    key = answer.context["alike"][0]["key"]

    same = client.post("/report/", sent(streets, same=key, reporter_phone="12099990001"))
    (follower,) = CaseFollower.objects.all()
    assert same.url == f"/report/{follower.code}/"
    assert client.post("/report/", sent(streets, same=key)).url == same.url, "twice is once"
    assert known.code not in client.get(same.url).content.decode()
    course = client.get(f"/cases/{follower.code}/").content.decode()
    assert follower.code in course
    assert known.code not in course
    assert client.get("/follow/", {"code": follower.code}).url == f"/cases/{follower.code}/"


def test_who_says_it_is_something_else_or_sends_a_photo_is_not_asked(streets, client):
    put(streets, address="头道巷5号")
    answer = client.post("/report/", sent(streets, anyway="1"))
    assert answer.status_code == 302
    key = "7d1f6a52-0d55-4ab5-8d5c-4d7f6c2d9b12"
    answer = client.post("/report/", sent(streets, photo=photo(), form_key=key))
    assert answer.status_code == 302
    assert Case.objects.count() == 3


def test_a_key_of_no_neighbour_opens_nothing(streets, client):
    put(streets, address="头道巷5号")
    answer = client.post("/report/", sent(streets, same="x" * 20))
    assert answer.status_code == 200
    assert Case.objects.count() == 1


def test_the_number_of_a_duplicate_shows_how_far_the_other_is(streets, client):
    main, twin = put(streets, address="金碧路1号"), put(streets, address="张三家")
    cases.move(twin, "merge", by=streets.official, merged_into=main)
    close(streets, main)
    page = client.get(f"/cases/{twin.code}/").content.decode()
    assert main.code not in page
    assert "金碧路" not in page
    steps = client.get(f"/cases/{twin.code}/").context["steps"]
    assert all(step["done"] for step in steps)
    assert timezone.localdate(steps[0]["at"]) == NOW.date()
