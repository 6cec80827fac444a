"""Filling plans: every slot of the rule, once, whoever fills, however often and after whatever pause."""

import datetime
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from campaign.models import CalendarDay, Mark
from campaign.recurrence import SHANGHAI, occurrences
from grids import patrols, plans
from grids.models import Answer, Patrol, PatrolPlan

FIRST = datetime.date(2026, 11, 2)


def at(day: datetime.date, hour: int = 12) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour), tzinfo=SHANGHAI)


def days_of(plan) -> list[datetime.date]:
    return list(plan.patrols.order_by("starts_at").values_list("day", flat=True))


def test_fourteen_days_ahead_are_filled_and_a_second_pass_adds_none(streets):
    assert patrols.schedule(now=at(FIRST)) == 15
    assert days_of(streets.plan) == [FIRST + timedelta(days=number) for number in range(15)]
    assert patrols.schedule(now=at(FIRST)) == 0


def test_what_was_left_out_during_a_downtime_is_filled_and_then_owned_up_to(streets):
    patrols.schedule(until=FIRST)
    later = FIRST + timedelta(days=40)
    patrols.schedule(now=at(later))
    assert len(days_of(streets.plan)) == 55
    assert patrols.note_missed(now=at(later)) == 41  # today's window, nine to eleven, has passed too
    assert streets.plan.patrols.filter(state="missed", day=FIRST + timedelta(days=20)).exists()


def test_a_watermark_that_was_lost_makes_no_doubles(streets):
    patrols.schedule(now=at(FIRST))
    PatrolPlan.objects.update(filled_until=None)
    assert patrols.schedule(now=at(FIRST)) == 0
    assert len(days_of(streets.plan)) == len(set(days_of(streets.plan))) == 15


def test_the_watermark_never_goes_back(streets):
    patrols.schedule(until=FIRST + timedelta(days=30))
    patrols.schedule(until=FIRST + timedelta(days=3))
    streets.plan.refresh_from_db()
    assert streets.plan.filled_until == FIRST + timedelta(days=30)


def test_a_form_that_was_opened_before_does_not_set_the_watermark_back(streets):
    patrols.schedule(until=FIRST + timedelta(days=30))
    streets.plan.name = "改名"
    streets.plan.save()
    streets.plan.refresh_from_db()
    assert (streets.plan.name, streets.plan.filled_until) == ("改名", FIRST + timedelta(days=30))


def test_a_clock_that_jumped_far_ahead_fills_a_year_at_most_in_one_pass(streets):
    patrols.schedule(now=at(FIRST + timedelta(days=36_500)))
    assert Patrol.objects.count() <= patrols.LONGEST_FILL + 1


def test_plans_out_of_force_ended_or_still_to_begin_are_not_filled(streets):
    for change in ({"is_active": False}, {"is_active": True, "first_day": FIRST + timedelta(days=99)}):
        PatrolPlan.objects.update(**change)
        assert patrols.schedule(now=at(FIRST)) == 0
    PatrolPlan.objects.update(first_day=FIRST, last_day=FIRST + timedelta(days=2))
    assert patrols.schedule(now=at(FIRST)) == 3
    assert patrols.schedule(now=at(FIRST + timedelta(days=60))) == 0


def test_a_plan_that_cannot_be_read_keeps_no_other_from_being_filled(streets):
    other = PatrolPlan.objects.get(pk=streets.plan.pk)
    other.pk, other.name, other.rule = None, "坏计划", "FREQ=DAILY;INTERVAL=7;BYDAY=TU,X"
    other.save()
    assert patrols.schedule(now=at(FIRST)) == 15
    assert not other.patrols.exists()


def test_turns_rotate_and_do_not_depend_on_who_fills_or_when(streets):
    patrols.schedule(until=FIRST + timedelta(days=3))
    patrols.schedule(until=FIRST + timedelta(days=9))
    whose = list(streets.plan.patrols.order_by("starts_at").values_list("patroller", flat=True))
    assert whose == [streets.patroller.pk, streets.zone_leader.pk] * 5


def test_patrols_on_working_days_follow_the_make_up_days(streets):
    saturday = FIRST + timedelta(days=5)
    CalendarDay.objects.create(day=saturday, is_working=True)
    CalendarDay.objects.create(day=FIRST, is_working=False, name="假")
    PatrolPlan.objects.update(holidays="skip")
    patrols.schedule(until=FIRST + timedelta(days=6))
    assert days_of(streets.plan) == [FIRST + timedelta(days=number) for number in (1, 2, 3, 4, 5)]


def test_every_new_patrol_leaves_a_mark_for_its_day(streets):
    Mark.objects.all().delete()
    patrols.schedule(until=FIRST + timedelta(days=1))
    assert set(Mark.objects.filter(metric="grids.patrols_due").values_list("day", flat=True)) == {
        FIRST,
        FIRST + timedelta(days=1),
    }


# --- A plan that is changed --------------------------------------------------------------------------
def test_a_changed_plan_moves_what_has_not_begun_and_leaves_what_has(streets):
    patrols.schedule(now=at(FIRST))
    today = FIRST + timedelta(days=3)
    Answer.objects.create(
        patrol=streets.plan.patrols.get(day=today + timedelta(days=2)),
        point=streets.point, item=streets.clean, value="yes", answered_at=at(today), day=today,
    )  # fmt: skip
    streets.plan.start_time = datetime.time(15, 0)
    streets.plan.save()
    plans.settle(streets.plan, now=at(today))
    hours = dict(streets.plan.patrols.order_by("starts_at").values_list("day", "starts_at"))
    local = {day: moment.astimezone(SHANGHAI).hour for day, moment in hours.items()}
    assert local[FIRST] == 9 and local[today + timedelta(days=1)] == 15
    assert local[today] == 9  # it has begun: it is not slid to the afternoon
    assert local[today + timedelta(days=2)] == 9  # it has an answer
    assert len(hours) == streets.plan.patrols.count()
    assert max(hours) == today + timedelta(days=14)
    assert patrols.schedule(now=at(today)) == 0


def test_a_plan_put_out_of_force_loses_what_was_to_come(streets):
    patrols.schedule(now=at(FIRST))
    streets.plan.is_active = False
    streets.plan.save()
    plans.settle(streets.plan, now=at(FIRST + timedelta(days=2)))
    assert max(days_of(streets.plan)) == FIRST + timedelta(days=2)


def test_a_change_after_a_downtime_forgets_no_day_in_between(streets):
    patrols.schedule(until=FIRST)
    plans.settle(streets.plan, now=at(FIRST + timedelta(days=30)))
    assert len(days_of(streets.plan)) == 45


# --- After a standstill --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("policy", "entered"), [("all", 40), ("latest", 1), ("skip", 0)]
)  # of the forty whose window had passed when the portal ran again
def test_the_policy_says_what_becomes_of_slots_that_nobody_could_walk(streets, policy, entered):
    PatrolPlan.objects.update(misfire=policy)
    patrols.schedule(until=FIRST - timedelta(days=1), now=at(FIRST, 8))
    later = FIRST + timedelta(days=39)
    patrols.schedule(now=at(later))
    assert patrols.note_missed(now=at(later)) == entered
    missed = streets.plan.patrols.filter(state="missed")
    assert missed.exclude(missed_because="").count() == entered
    assert not entered or missed.latest("starts_at").day == later
    assert streets.plan.patrols.filter(state="due").count() == 14  # what is to come is never touched
    notes = streets.plan.events.filter(what="left_out").values_list("note", flat=True)
    assert bool(notes) == (policy != "all")
    assert all(str(40 - entered) in note for note in notes)


def test_nothing_is_owed_for_the_time_in_which_a_plan_was_not_in_force(streets):
    patrols.schedule(now=at(FIRST))
    PatrolPlan.objects.update(is_active=False)
    patrols.schedule(now=at(FIRST + timedelta(days=40)))
    PatrolPlan.objects.update(is_active=True)
    patrols.schedule(now=at(FIRST + timedelta(days=41), 8))
    assert min(day for day in days_of(streets.plan) if day > FIRST + timedelta(days=14)) == FIRST + timedelta(
        days=41
    )


class TestAnySeriesOfPasses(TestCase):
    """Whatever passes run, with watermarks lost in between, the slots are those of the rule."""

    @settings(max_examples=25, deadline=None)
    @given(
        rule=st.sampled_from(
            ["FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;BYDAY=MO,FR", "FREQ=MONTHLY;BYMONTHDAY=-1"]
        ),
        passes=st.lists(st.tuples(st.integers(0, 50), st.booleans()), min_size=1, max_size=6),
    )
    def test_the_slots_are_those_of_the_rule(self, rule, passes):
        plan = a_plan(rule)
        for days, forget in passes:
            if forget:
                PatrolPlan.objects.filter(pk=plan.pk).update(filled_until=None)
            patrols.schedule(until=FIRST + timedelta(days=days))
        last = FIRST + timedelta(days=max(days for days, _forget in passes))
        wanted = occurrences(rule, first=FIRST, last=last, start_time=plan.start_time, anchor=FIRST)
        assert list(plan.patrols.order_by("starts_at").values_list("starts_at", flat=True)) == wanted


def a_plan(rule: str) -> PatrolPlan:
    from campaign.models import Committee, Community
    from grids.models import Checklist, Zone

    committee = Committee.objects.create(name="街", short_name="街", slug="jie", since=FIRST)
    return PatrolPlan.objects.create(
        committee=committee,
        community=Community.objects.create(committee=committee, name="社区", since=FIRST),
        zone=Zone.objects.create(committee=committee, number=1, name="一区", since=FIRST),
        name="计划",
        checklist=Checklist.objects.create(committee=committee, title="卡", edition="1"),
        rule=rule,
        first_day=FIRST,
        start_time=datetime.time(9),
    )
