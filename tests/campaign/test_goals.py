"""How a goal stands: value, what was due by now, lamp and forecast, all from the tallies."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from campaign import goals, tallies
from campaign.errors import Refused
from campaign.models import Goal, PublicityEntry, Stage, Unit

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
HALF = date(2026, 3, 16)  # sixteen of thirty-one days are over


@pytest.fixture
def stage(cast):
    return Stage.objects.create(committee=cast.huguo, name="三月", first_day=FIRST, last_day=LAST)


def goal(stage, target=310, community=None, metric="publicity.open_letters"):
    return Goal.objects.create(stage=stage, metric=metric, target=target, community=community)


def hand_out(place, quantity, day=date(2026, 3, 5)):
    PublicityEntry.objects.create(
        committee=place.committee, community=place, kind="open_letter", day=day, quantity=quantity
    )
    tallies.count_marked()


@pytest.mark.parametrize(
    ("handed_out", "lamp"),
    [(310, "done"), (400, "done"), (160, "on_track"), (153, "on_track"), (151, "at_risk"), (121, "at_risk"),
     (119, "behind"), (1, "behind")],
)  # fmt: skip
def test_the_lamp_follows_what_should_have_been_reached_by_now(cast, stage, handed_out, lamp):
    hand_out(cast.a, handed_out)
    standing = goals.progress(goal(stage), HALF)
    assert standing.expected == Decimal(160)
    assert standing.lamp == lamp


def test_before_its_stage_a_goal_has_no_lamp_and_no_forecast(stage):
    standing = goals.progress(goal(stage), FIRST - timedelta(days=1))
    assert (standing.lamp, standing.forecast, standing.value) == ("", None, 0)


def test_after_its_stage_a_goal_is_reached_or_behind_and_later_facts_do_not_count(cast, stage):
    hand_out(cast.a, 300)
    hand_out(cast.a, 500, day=LAST + timedelta(days=1))
    standing = goals.progress(goal(stage), LAST + timedelta(days=9))
    assert (standing.value, standing.lamp, standing.forecast) == (300, "behind", None)


def test_the_forecast_is_the_day_at_the_pace_so_far(cast, stage):
    hand_out(cast.a, 160)  # ten a day in sixteen days
    assert goals.progress(goal(stage), HALF).forecast == LAST
    late = goals.progress(goal(stage, target=320), HALF)
    assert late.forecast == LAST + timedelta(days=1)
    assert late.late
    assert goals.progress(goal(stage, target=160), HALF).forecast == HALF


def test_a_pace_that_never_arrives_is_no_forecast(cast, stage):
    hand_out(cast.a, 1)
    assert goals.progress(goal(stage, target=900_000), HALF).forecast is None


def test_a_goal_of_a_community_counts_that_community_alone(cast, stage):
    hand_out(cast.a, 100)
    hand_out(cast.b, 40)
    hand_out(cast.far, 7)
    of_a, of_all = goals.progresses([goal(stage, community=cast.a), goal(stage)], HALF)
    assert (of_a.value, of_all.value) == (100, 140)


def test_a_stock_is_measured_by_what_is_gained(cast, stage):
    for number in range(4):
        Unit.objects.create(
            committee=cast.huguo, community=cast.a, kind="firm", name=f"爱心{number}", since=date(2020, 1, 1),
            caring_since=date(2020, 5, 1) if number < 2 else date(2026, 3, 10),
        )  # fmt: skip
    tallies.count_marked()
    standing = goals.progress(goal(stage, target=6, metric="organisation.caring_companies"), HALF)
    assert standing.value == 4
    assert standing.expected == Decimal("4.1")  # from two towards six, not from nought
    assert standing.lamp == "on_track"


def test_a_goal_whose_metric_nobody_tells_is_left_out(stage):
    told, forgotten = goal(stage), goal(stage, metric="retired.metric")
    assert [one.goal for one in goals.progresses([told, forgotten], HALF)] == [told]


def test_more_goals_cost_no_more_queries(stage, django_assert_num_queries):
    few = [goal(stage)]
    many = [goal(stage, target=100 + number) for number in range(20)]
    few = list(Goal.objects.filter(pk__in=[one.pk for one in few]).select_related("stage"))
    many = list(Goal.objects.filter(pk__in=[one.pk for one in many]).select_related("stage"))
    with django_assert_num_queries(1):
        goals.progresses(few, HALF)
    with django_assert_num_queries(1):
        goals.progresses(many, HALF)


def test_goals_are_set_by_the_officials_of_the_street(cast, stage):
    new = Goal(stage=stage, metric="publicity.adverts", target=10)
    for stranger in (cast.secretary_a, cast.official_far, cast.stranger):
        with pytest.raises(Refused):
            goals.save(new, stranger)
    assert goals.save(new, cast.official).pk


def test_a_goal_names_a_metric_that_is_counted(cast, stage):
    with pytest.raises(ValidationError):
        goals.save(Goal(stage=stage, metric="nobody.counts", target=10), cast.official)
