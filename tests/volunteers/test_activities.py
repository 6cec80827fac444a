"""An activity from draft to the end, and series that expand."""

import datetime
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from campaign.errors import Refused
from campaign.models import CalendarDay
from tests.volunteers import scene
from tests.volunteers.pages import browser
from volunteers import activities, attendance, signups, tasks
from volunteers.models import Activity, ActivitySeries, VolunteerTeam

MONDAY = datetime.datetime(2020, 11, 16, 8, tzinfo=timezone.get_default_timezone())


def draft(cast: SimpleNamespace, **more: Any) -> Activity:
    values = {
        "community": cast.a,
        "kind": scene.kind(cast),
        "title": "文明养犬宣传",
        "place": "广场",
        "starts_at": timezone.now() + timedelta(days=2),
        "positions": [("引导员", 3)],
    }
    values |= more
    values.setdefault("ends_at", values["starts_at"] + timedelta(hours=2))
    return activities.create(**values)


def test_a_new_activity_is_a_draft_that_nobody_else_sees(cast: SimpleNamespace) -> None:
    activity = draft(cast, by=cast.secretary_a)
    assert (activity.state, activity.committee, activity.day) == (
        "draft",
        cast.huguo,
        timezone.localtime(activity.starts_at).date(),
    )
    assert not Activity.objects.public().exists()
    activities.publish(activity, cast.secretary_a)
    activities.publish(activity, cast.secretary_a)
    assert [row.room for row in Activity.objects.public()] == [3]


@pytest.mark.parametrize("hand", ["secretary_b", "official_far", "stranger", "patroller", "liaison_a"])
def test_who_does_not_plan_activities_there_makes_publishes_and_cancels_none(
    cast: SimpleNamespace, hand: str
) -> None:
    activity, by = draft(cast), getattr(cast, hand)
    for verb in (
        lambda: draft(cast, by=by),
        lambda: activities.publish(activity, by),
        lambda: activities.cancel(activity, "下雨", by),
        lambda: activities.set_places(activity.positions.get(), 9, by),
        lambda: activities.clone(activity, timezone.now(), by),
    ):
        with pytest.raises(Refused):
            verb()
    assert list(Activity.objects.all()) == [activity]


@pytest.mark.parametrize(
    ("hand", "place"),
    [
        ("secretary_a", "b"),
        ("team_leader", "b"),
        ("official", "far"),
        ("patroller", "a"),
        ("liaison_a", "a"),
        ("stranger", "a"),
    ],
)
def test_naming_oneself_leader_opens_no_community(cast: SimpleNamespace, hand: str, place: str) -> None:
    by = getattr(cast, hand)
    with pytest.raises(Refused) as refusal:
        draft(cast, community=getattr(cast, place), leader=by, by=by)
    assert refusal.value.code == "not_yours"
    assert not Activity.objects.exists()


def test_who_leads_an_activity_may_copy_it_in_its_own_place(cast: SimpleNamespace) -> None:
    activity = draft(cast, leader=cast.stranger)
    copy = activities.clone(activity, activity.starts_at + timedelta(days=7), cast.stranger)
    assert (copy.community, copy.leader) == (cast.a, cast.stranger)


def test_the_leader_named_by_the_activity_or_its_team_may_run_it(cast: SimpleNamespace) -> None:
    team = VolunteerTeam.objects.create(
        committee=cast.huguo, community=cast.a, part_of=cast.teams.volunteer, name="队", leader=cast.team_leader,
        formed_on=datetime.date(2020, 1, 1),
    )  # fmt: skip
    assert activities.publish(draft(cast, leader=cast.stranger), cast.stranger).state == "published"
    assert activities.publish(draft(cast, team=team, title="另一个"), cast.team_leader).state == "published"


START = timezone.now() + timedelta(days=2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "  "},
        {"place": ""},
        {"starts_at": START, "ends_at": START},
        {"starts_at": START, "ends_at": START + timedelta(hours=13)},
        {"positions": []},
        {"positions": [("引导员", 0)]},
        {"positions": [("引导员", 1), (" 引导员", 1)]},
        {"positions": [(" ", 1)]},
        {"starts_at": START, "sign_up_closes_at": START + timedelta(hours=3)},
    ],
    ids=[
        "no title", "no place", "no length", "too long", "no position", "no places", "a position twice",
        "a position without a name", "sign-up closes after the start",
    ],
)  # fmt: skip
def test_a_useless_activity_is_refused_and_leaves_nothing(
    cast: SimpleNamespace, wrong: dict[str, Any]
) -> None:
    with pytest.raises(Refused):
        draft(cast, **wrong)
    assert not Activity.objects.exists()


def test_what_belongs_to_another_street_is_refused(cast: SimpleNamespace) -> None:
    with pytest.raises(Refused):
        draft(cast, unit=cast.unit_far)
    with pytest.raises(Refused):
        draft(cast, community=cast.far)  # with a kind of ours
    assert not Activity.objects.exists()


def test_only_a_draft_that_lies_ahead_and_has_positions_is_published(cast: SimpleNamespace) -> None:
    past = draft(cast, starts_at=timezone.now() - timedelta(hours=1))
    without = draft(cast)
    without.positions.all().delete()
    cancelled = activities.cancel(draft(cast), "下雨")
    for activity in (past, without, cancelled):
        with pytest.raises(Refused):
            activities.publish(activity)


def test_cancelling_needs_a_reason_and_an_activity_that_was_not_held(cast: SimpleNamespace) -> None:
    activity = scene.activity(cast)
    with pytest.raises(Refused):
        activities.cancel(activity, " ")
    activities.cancel(activity, "下雨")
    assert activities.cancel(activity, "又下雨").cancelled_because == "下雨"
    held = scene.activity(cast, starts_in=timedelta(hours=-3))
    attendance.close(held, by=None, present=[])
    with pytest.raises(Refused):
        activities.cancel(held, "下雨")


def test_a_copy_is_a_draft_with_the_same_positions_and_nobody_in_them(cast: SimpleNamespace) -> None:
    activity = scene.activity(cast, positions=[("引导员", 3), ("宣传员", 5)], leader=cast.team_leader)
    signups.join(activity.positions.first(), scene.volunteer(cast))
    when = activity.starts_at + timedelta(days=7)
    copy = activities.clone(activity, when, by=cast.secretary_a)
    assert (copy.state, copy.starts_at, copy.ends_at - copy.starts_at, copy.leader) == (
        "draft",
        when,
        timedelta(hours=2),
        cast.team_leader,
    )
    assert list(copy.positions.values_list("name", "places", "taken")) == [("引导员", 3, 0), ("宣传员", 5, 0)]


def test_the_words_of_the_queryset(cast: SimpleNamespace) -> None:
    begun = scene.activity(cast, 3, starts_at=MONDAY)
    later = scene.activity(
        cast, positions=[("甲", 2), ("乙", 3)], starts_at=MONDAY + timedelta(days=6, hours=14)
    )
    next_week = scene.activity(cast, starts_at=MONDAY + timedelta(days=7))
    signups.join(later.positions.get(name="乙"), scene.volunteer(cast), now=MONDAY)
    now = MONDAY + timedelta(hours=1)
    assert [(row, row.places, row.taken, row.room) for row in Activity.objects.coming(now)] == [
        (later, 5, 1, 4),
        (next_week, 2, 0, 2),
    ]
    assert list(Activity.objects.of_week(datetime.date(2020, 11, 18))) == [begun, later]
    assert list(Activity.objects.to_close(MONDAY + timedelta(hours=2))) == [begun]
    assert list(Activity.objects.visible_to(cast.secretary_b).public()) == []


def test_a_moved_activity_takes_its_sign_ups_to_the_new_day_but_not_to_another_community(
    cast: SimpleNamespace,
) -> None:
    activity = scene.activity(cast)
    row = signups.join(activity.positions.get(), scene.volunteer(cast))
    activity.starts_at += timedelta(days=3)
    activity.ends_at += timedelta(days=3)
    activity.save(update_fields=["starts_at", "ends_at"])
    row.refresh_from_db()
    activity.refresh_from_db()
    assert row.day == activity.day == timezone.localtime(activity.starts_at).date()
    activity.community = cast.b
    with pytest.raises(Refused):
        activity.save()


def test_the_code_of_a_kind_stays(cast: SimpleNamespace) -> None:
    kind = scene.kind(cast)
    kind.name = "义务劳动日"
    kind.save()
    kind.code = "labour"
    with pytest.raises(Refused):
        kind.save()


# --- Series ----------------------------------------------------------------------------------------
def days(series: ActivitySeries) -> list[str]:
    rows = series.activities.order_by("starts_at")
    return [timezone.localtime(row.starts_at).strftime("%m-%d %H:%M") for row in rows]


def test_a_series_is_expanded_for_the_next_fourteen_days_open_for_sign_up(cast: SimpleNamespace) -> None:
    series = scene.series(cast, places=12, minutes=90, leader=cast.team_leader)
    assert activities.schedule(now=MONDAY) == 2
    assert days(series) == ["11-20 09:00", "11-27 09:00"]
    first = series.activities.earliest("starts_at")
    assert (first.state, first.leader, first.ends_at - first.starts_at, str(first.day)) == (
        "published",
        cast.team_leader,
        timedelta(minutes=90),
        "2020-11-20",
    )
    assert list(first.positions.values_list("name", "places")) == [("志愿者", 12)]


def test_doing_it_again_makes_nothing_and_a_week_later_one_more(cast: SimpleNamespace) -> None:
    series = scene.series(cast)
    assert [activities.schedule(now=MONDAY) for _ in range(2)] == [2, 0]
    assert activities.schedule(now=MONDAY + timedelta(days=7)) == 1
    assert days(series)[-1] == "12-04 09:00"


def test_after_a_pause_what_lies_ahead_is_made_up_and_yesterday_is_not(cast: SimpleNamespace) -> None:
    series = scene.series(cast)
    activities.schedule(now=MONDAY)
    assert activities.schedule(now=MONDAY + timedelta(days=61)) == 2
    assert days(series) == ["11-20 09:00", "11-27 09:00", "01-22 09:00", "01-29 09:00"]


def test_what_was_taken_out_of_a_series_by_hand_does_not_come_back(cast: SimpleNamespace) -> None:
    series = scene.series(cast)
    activities.schedule(now=MONDAY)
    series.activities.earliest("starts_at").delete()
    activities.schedule(now=MONDAY + timedelta(days=1))
    assert days(series) == ["11-27 09:00"]


def test_a_series_keeps_to_its_first_and_last_day_and_to_being_in_force(cast: SimpleNamespace) -> None:
    friday = datetime.date(2020, 11, 20)
    ends = scene.series(cast, title="一", last_day=friday)
    begins = scene.series(cast, title="二", first_day=friday + timedelta(days=1))
    scene.series(cast, title="三", is_active=False)
    scene.series(cast, title="四", first_day=friday + timedelta(days=60))
    assert activities.schedule(now=MONDAY) == 2
    assert (days(ends), days(begins)) == (["11-20 09:00"], ["11-27 09:00"])


def test_holidays_are_left_out_where_the_series_says_so(cast: SimpleNamespace) -> None:
    CalendarDay.objects.create(day="2020-11-20", is_working=False, name="放假")
    skips, keeps = scene.series(cast, title="一", holidays="skip"), scene.series(cast, title="二")
    activities.schedule(now=MONDAY)
    assert (days(skips), days(keeps)) == (["11-27 09:00"], ["11-20 09:00", "11-27 09:00"])


def test_the_task_fills_the_coming_days_of_the_clock_on_the_wall(cast: SimpleNamespace) -> None:
    series = scene.series(cast, rule="FREQ=DAILY")
    assert tasks.schedule_activities() == 15
    series.refresh_from_db()
    assert series.filled_until == timezone.localdate() + activities.AHEAD


# --- A series and its exceptions --------------------------------------------------------------------
NOW = datetime.datetime(2030, 5, 6, 12, tzinfo=timezone.get_default_timezone())  # a Monday


def _daily(cast: SimpleNamespace) -> ActivitySeries:
    series = scene.series(
        cast, rule="FREQ=DAILY", first_day=datetime.date(2030, 5, 7), leader=cast.secretary_a
    )
    activities.schedule(now=NOW)
    return series


def test_a_day_left_out_is_not_made_and_one_that_is_there_is_cancelled(cast: SimpleNamespace) -> None:
    series = _daily(cast)
    there, later = datetime.date(2030, 5, 9), datetime.date(2030, 5, 25)
    for _twice in range(2):
        activities.skip(series, there, "社区消杀", by=cast.secretary_a, now=NOW)
        activities.skip(series, later, "社区消杀", by=cast.secretary_a, now=NOW)
    activities.schedule(now=NOW + timedelta(days=7))
    assert list(series.activities.filter(day=there).values_list("state", flat=True)) == ["cancelled"]
    assert not series.activities.filter(day=later).exists()
    assert series.activities.filter(day=later + timedelta(days=1)).exists()
    for hand, day in ((cast.secretary_b, later), (cast.secretary_a, datetime.date(2030, 5, 1))):
        with pytest.raises(Refused):
            activities.skip(series, day, "社区消杀", by=hand, now=NOW)


def test_all_following_change_and_those_signed_up_stay(cast: SimpleNamespace) -> None:
    series = _daily(cast)
    first, second, moved = series.activities.order_by("day")[:3]
    later = moved.starts_at + timedelta(hours=5)
    activities.postpone(moved, later, later + timedelta(hours=2), now=NOW)
    signups.join(second.positions.get(), scene.volunteer(cast), now=NOW)
    new = {
        "title": "河道清理", "place": "盘龙江边", "description": "", "start_time": datetime.time(14, 30),
        "minutes": 90, "places": 5,
    }  # fmt: skip
    assert activities.change_following(series, second.day, by=cast.secretary_a, now=NOW, **new) == 13
    first, second, moved = series.activities.order_by("day")[:3]
    assert (first.title, timezone.localtime(first.starts_at).hour) == ("每周五义务劳动", 9)
    assert (second.title, timezone.localtime(second.starts_at).time()) == ("河道清理", datetime.time(14, 30))
    assert second.ends_at - second.starts_at == timedelta(minutes=90)
    assert second.positions.values_list("places", "taken").get() == (5, 1)
    assert (moved.title, moved.starts_at) == ("河道清理", later)
    activities.schedule(now=NOW + timedelta(days=1))
    assert timezone.localtime(series.activities.order_by("day").last().starts_at).hour == 14
    with pytest.raises(Refused):
        activities.change_following(series, second.day, by=cast.secretary_b, now=NOW, **new)


def test_where_one_activity_has_more_people_none_is_changed(cast: SimpleNamespace) -> None:
    series = _daily(cast)
    position = series.activities.order_by("day")[3].positions.get()
    for _ in range(3):
        signups.join(position, scene.volunteer(cast), now=NOW)
    new = {
        "title": "河道清理", "place": "盘龙江边", "description": "", "start_time": datetime.time(9),
        "minutes": 120, "places": 2,
    }  # fmt: skip
    with pytest.raises(Refused):
        activities.change_following(series, NOW.date(), now=NOW, **new)
    assert not series.activities.filter(title="河道清理").exists()


def test_the_page_of_a_series_changes_it_and_leaves_a_day_out(cast: SimpleNamespace) -> None:
    series = scene.series(cast, rule="FREQ=DAILY", first_day=timezone.localdate(), leader=cast.secretary_a)
    activities.schedule()
    page, address = browser(cast.secretary_a), reverse("volunteers:series_edit", args=[series.pk])
    initial = page.get(address).context["form"].initial
    given = {**initial, "since": initial["since"].isoformat(), "start_time": "09:00", "title": "河道清理"}
    assert page.post(address, given).status_code == 302
    assert series.activities.filter(title="河道清理").exists()
    skip = reverse("volunteers:series_skip", args=[series.pk])
    day = timezone.localdate() + timedelta(days=3)
    assert page.post(skip, {"day": "x"}).status_code == 400
    assert page.post(skip, {"day": day.isoformat(), "because": "社区消杀"}).status_code == 302
    assert series.activities.get(day=day).state == "cancelled"
    assert browser(cast.secretary_b).get(address).status_code == 404
