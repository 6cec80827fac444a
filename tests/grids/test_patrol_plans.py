"""Plans that are set up and changed: this one, the following, all; and seen before they are saved."""

import datetime
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from campaign.errors import Refused
from campaign.recurrence import SHANGHAI
from grids import patrols, plans
from grids.models import Answer, Patrol, PatrolEvent, PatrolPlan

FIRST = datetime.date(2026, 11, 2)  # a Monday


def at(day: datetime.date, hour: int = 8) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour), tzinfo=SHANGHAI)


NOW = at(FIRST)


def draft(streets, **fields) -> plans.Draft:
    values = {
        "zone": streets.zone, "community": streets.a, "name": "夜巡", "checklist": streets.checklist,
        "rule": "FREQ=DAILY", "first_day": FIRST, "start_time": datetime.time(19), "window_minutes": 60,
    }  # fmt: skip
    return plans.Draft({**values, **fields}, streets.points, [streets.patroller, streets.zone_leader])


@pytest.fixture
def plan(streets):
    made, _merged = plans.make(draft(streets), by=streets.zone_leader, now=NOW)
    return made


def hours(plan) -> dict[datetime.date, int]:
    rows = plan.patrols.exclude(state="withdrawn").order_by("starts_at").values_list("day", "starts_at")
    return {day: moment.astimezone(SHANGHAI).hour for day, moment in rows}


def sizes(merged: plans.Merged) -> list[int]:
    return [len(part) for part in (merged.added, merged.changed, merged.kept, merged.withdrawn)]


def of(plan, days: int) -> Patrol:
    return plan.patrols.get(slot_at=at(FIRST + timedelta(days=days), 19))


# --- Setting up ------------------------------------------------------------------------------------------
def test_a_preview_says_what_saving_does_and_writes_nothing(streets):
    _plan, seen = plans.rehearse(lambda: plans.make(draft(streets), by=streets.official, now=NOW))
    assert [slot.patroller_id for slot in seen.added[:3]] == [
        streets.patroller.pk, streets.zone_leader.pk, streets.patroller.pk,
    ]  # fmt: skip
    assert not Patrol.objects.exists() and PatrolPlan.objects.count() == 1
    _plan, done = plans.make(draft(streets), by=streets.official, now=NOW)
    assert [slot.starts_at for slot in done.added] == [slot.starts_at for slot in seen.added]
    assert patrols.schedule(now=NOW) == 15  # the other plan's; this one is filled


def test_a_plan_of_this_noon_has_no_patrol_of_this_morning(streets):
    noon, morning = at(FIRST, 12), {"start_time": datetime.time(9), "first_day": FIRST - timedelta(days=9)}
    plan, _merged = plans.make(draft(streets, **morning), by=streets.official, now=noon)
    assert min(hours(plan)) == FIRST + timedelta(days=1)
    patrols.schedule(now=noon)
    patrols.note_missed(now=noon)
    assert not plan.patrols.filter(state="missed").exists()


def test_a_plan_of_the_whole_zone_looks_at_the_points_that_the_card_fits(streets):
    whole = plans.Draft({**draft(streets).fields, "covers": "zone"}, [], [streets.patroller])
    plan, _merged = plans.make(whole, by=streets.official, now=NOW)
    assert patrols.points_of(of(plan, 0)) == streets.points


def test_a_route_is_walked_in_its_order(streets):
    turned = plans.Draft(draft(streets).fields, streets.points[::-1], [streets.patroller])
    plan, _merged = plans.make(turned, by=streets.official, now=NOW)
    assert patrols.points_of(of(plan, 0)) == streets.points[::-1]


@pytest.mark.parametrize("who", ["patroller", "secretary_a", "official_far", "stranger"])
def test_only_the_leader_and_the_office_plan(streets, who):
    with pytest.raises(Refused) as refused:
        plans.make(draft(streets), by=getattr(streets, who), now=NOW)
    assert refused.value.code == "role"


def test_what_is_of_no_use_is_refused_and_leaves_nothing(streets):
    empty = plans.Draft(draft(streets).fields, [], [streets.patroller])
    foreign = plans.Draft(draft(streets).fields, streets.points, [streets.official_far])
    for wrong, code in ((empty, "no_points"), (foreign, "patroller")):
        with pytest.raises(Refused) as refused:
            plans.make(wrong, by=streets.official, now=NOW)
        assert refused.value.code == code
    with pytest.raises(ValidationError):
        plans.make(draft(streets, rule="FREQ=SECONDLY"), by=streets.official, now=NOW)
    with pytest.raises(Refused):
        plans.make(draft(streets, community=streets.far), by=streets.root, now=NOW)
    assert PatrolPlan.objects.count() == 1


# --- All -----------------------------------------------------------------------------------------------
def test_all_that_is_to_come_is_merged_with_what_is_there(streets, plan):
    today = FIRST + timedelta(days=2)
    Answer.objects.create(
        patrol=of(plan, 2),
        point=streets.point,
        item=streets.clean,
        value="yes",
        answered_at=at(today),
        day=today,
    )
    plans.move(
        of(plan, 4),
        by=streets.zone_leader,
        starts_at=at(FIRST + timedelta(days=4), 21),
        patroller=None,
        now=NOW,
    )
    change = plans.Draft({"rule": "FREQ=WEEKLY;BYDAY=FR,SA,SU", "start_time": datetime.time(15)})
    _plan, seen = plans.rehearse(lambda: plans.change(plan, change, by=streets.zone_leader, now=at(today, 9)))
    plan, done = plans.change(plan, change, by=streets.zone_leader, now=at(today, 9))
    assert sizes(done) == sizes(seen) == [0, 5, 2, 6]
    afternoons = {FIRST + timedelta(days=number): 15 for number in (5, 6, 11, 12, 13)}
    untouched = {FIRST: 19, FIRST + timedelta(days=1): 19, today: 19}  # past, past, answered
    assert hours(plan) == {**untouched, FIRST + timedelta(days=4): 21, **afternoons}
    PatrolPlan.objects.filter(pk=plan.pk).update(filled_until=today)  # a watermark that was lost
    patrols.schedule(now=at(today, 9))
    assert hours(plan) == {**untouched, FIRST + timedelta(days=4): 21, **afternoons}


def test_a_card_that_was_walked_by_is_not_exchanged_for_all(streets, plan):
    Answer.objects.create(
        patrol=of(plan, 0), point=streets.point, item=streets.clean, value="yes", answered_at=NOW, day=FIRST
    )
    other = type(streets.checklist).objects.create(committee=streets.huguo, title="新卡", edition="2021")
    with pytest.raises(Refused) as refused:
        plans.change(plan, plans.Draft({"checklist": other}), by=streets.official, now=NOW)
    assert refused.value.code == "card"
    after, _merged = plans.change(
        plan, plans.Draft({"checklist": other}), by=streets.official, since=of(plan, 3), now=NOW
    )
    assert (after.checklist, of(plan, 0).plan.checklist) == (other, streets.checklist)


# --- This and the following -------------------------------------------------------------------------------
def test_the_following_go_on_in_a_plan_of_their_own_with_the_turn(streets, plan):
    before = {row.slot_at: row.patroller_id for row in plan.patrols.all()}
    moved = plans.move(
        of(plan, 6), by=streets.official, starts_at=at(FIRST + timedelta(days=6), 21), patroller=None, now=NOW
    )
    change = plans.Draft({"window_minutes": 90})
    after, merged = plans.change(plan, change, by=streets.zone_leader, since=of(plan, 5), now=NOW)
    plan.refresh_from_db()
    assert (after.continues, after.first_day, plan.last_day) == (
        plan,
        FIRST + timedelta(days=5),
        FIRST + timedelta(days=4),
    )
    assert (plan.patrols.count(), after.patrols.count()) == (5, 10)
    assert {row.slot_at: row.patroller_id for row in after.patrols.exclude(pk=moved.pk)} == {
        slot: who for slot, who in before.items() if slot >= at(after.first_day) and slot != moved.slot_at
    }
    assert (len(merged.changed), len(merged.kept)) == (9, 1)
    assert patrols.schedule(now=at(FIRST + timedelta(days=1))) == 17  # the other plan's 16, and one more here
    assert after.patrols.count() == 11
    assert list(PatrolEvent.objects.filter(plan=plan).values_list("what", flat=True)) == [
        "split",
        "moved",
        "made",
    ]


def test_a_count_goes_down_by_what_came_before(streets):
    plan, _merged = plans.make(draft(streets, rule="FREQ=DAILY;COUNT=10"), by=streets.official, now=NOW)
    after, _merged = plans.change(
        plan, plans.Draft({"start_time": datetime.time(20)}), by=streets.official, since=of(plan, 4), now=NOW
    )
    assert (after.rule, plan.patrols.count(), after.patrols.count()) == ("FREQ=DAILY;COUNT=6", 4, 6)


def test_what_has_begun_is_not_the_first_of_the_following(streets, plan):
    with pytest.raises(Refused) as refused:
        plans.change(
            plan,
            plans.Draft({}),
            by=streets.official,
            since=of(plan, 3),
            now=at(FIRST + timedelta(days=3), 20),
        )
    assert refused.value.code == "begun"


# --- This one --------------------------------------------------------------------------------------------
def test_one_patrol_is_moved_and_its_slot_is_not_made_again(streets, plan):
    day = FIRST + timedelta(days=3)
    plans.move(
        of(plan, 3),
        by=streets.zone_leader,
        starts_at=at(day, 21),
        patroller=streets.patroller,
        because="停电",
        now=NOW,
    )
    PatrolPlan.objects.update(filled_until=None)
    patrols.schedule(now=NOW)
    assert hours(plan)[day] == 21 and len(hours(plan)) == plan.patrols.count() == 15
    assert plan.events.get(what="moved").note == "停电"


def test_one_patrol_is_withdrawn_with_its_reason_and_stays_so(streets, plan):
    plans.withdraw(of(plan, 3), "道路封闭", by=streets.zone_leader, now=NOW)
    plans.change(plan, plans.Draft({"start_time": datetime.time(15)}), by=streets.official, now=NOW)
    PatrolPlan.objects.update(filled_until=None)
    patrols.schedule(now=NOW)
    assert FIRST + timedelta(days=3) not in hours(plan) and len(hours(plan)) == 14
    patrols.note_missed(now=at(FIRST + timedelta(days=4)))
    assert plan.patrols.get(day=FIRST + timedelta(days=3)).state == "withdrawn"


def test_one_patrol_is_never_slid_out_of_the_past(streets, plan):
    later = at(FIRST + timedelta(days=3), 20)
    for days, wanted, code in (
        (3, later + timedelta(hours=2), "begun"),
        (4, later - timedelta(hours=2), "past"),
        (5, later + timedelta(days=10), "too_far"),
    ):
        with pytest.raises(Refused) as refused:
            plans.move(of(plan, days), by=streets.official, starts_at=wanted, patroller=None, now=later)
        assert refused.value.code == code
