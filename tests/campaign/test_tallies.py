"""Tallies say what the facts say, however the facts were changed; what they say otherwise is an incident."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign import registry, tallies
from campaign.models import Mark, PublicityEntry, Tally, TallyIncident
from tests import factories
from tests.campaign.counted import METRIC, MONDAY, TUESDAY, count, counted, leaflets, stated

DAYS = [MONDAY + datetime.timedelta(days=number) for number in range(3)]


@pytest.fixture
def place(cast):
    return factories.place_a(cast)


def test_a_count_follows_its_facts(place):
    leaflets(place, 10)
    leaflets(place, 5)
    entry = leaflets(place, 7, TUESDAY)
    count()
    assert (stated(MONDAY), stated(TUESDAY)) == (15, 7)
    entry.day = MONDAY
    entry.save()
    count()
    assert (stated(MONDAY), stated(TUESDAY)) == (22, 0)
    PublicityEntry.objects.all().delete()
    count()
    assert stated() == 0
    assert not Tally.objects.filter(metric=METRIC).exists(), "nought has no row"


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["add", "change", "move", "delete", "bulk", "count"]),
            st.integers(1, 9),
            st.sampled_from(DAYS),
        ),
        max_size=20,
    )
)
def test_after_any_changes_the_tally_is_the_count(place, steps):
    PublicityEntry.objects.all().delete()
    for what, number, day in steps:
        rows = list(PublicityEntry.objects.order_by("pk"))
        row = rows[number % len(rows)] if rows else None
        if what == "add" or row is None:
            leaflets(place, number, day)
        elif what == "change":
            row.quantity = number
            row.save()
        elif what == "move":
            row.day = day
            row.save()
        elif what == "delete":
            row.delete()
        elif what == "bulk":
            PublicityEntry.objects.filter(quantity__gte=number).update(day=day)
        else:
            tallies.count_marked(limit=1)
    count()
    assert [stated(day) for day in DAYS] == [counted(day) for day in DAYS]
    assert tallies.audit() == []


def test_counting_again_changes_nothing(place):
    leaflets(place, 10)
    count()
    before = list(Tally.objects.order_by("pk").values_list("metric", "day", "value"))
    tallies.count_bucket(METRIC, MONDAY)
    tallies.recount_everything()
    assert sorted(map(str, before)) == sorted(map(str, Tally.objects.values_list("metric", "day", "value")))


def test_streets_and_communities_are_told_apart(cast, place):
    b, far = factories.place_b(cast), factories.place_far(cast)
    leaflets(place, 1)
    leaflets(b, 10)
    leaflets(far, 100)
    count()
    assert tallies.total(METRIC, MONDAY, MONDAY, committee=cast.huguo) == 11
    assert tallies.total(METRIC, MONDAY, MONDAY, communities=[cast.b]) == 10
    assert tallies.by_community(METRIC, MONDAY, MONDAY, committee=cast.huguo) == {cast.a.pk: 1, cast.b.pk: 10}
    assert tallies.total(METRIC, TUESDAY, TUESDAY) == 0
    assert Tally.objects.visible_to(cast.official).filter(metric=METRIC).count() == 2
    assert Tally.objects.visible_to(cast.secretary_b).filter(metric=METRIC).get().value == 10


def test_months_of_a_year_are_twelve(place):
    leaflets(place, 3, datetime.date(2020, 2, 29))
    leaflets(place, 4, datetime.date(2020, 12, 31))
    leaflets(place, 5, datetime.date(2021, 1, 1))
    count()
    months = tallies.by_month(METRIC, 2020)
    assert [value for _first, value in months] == [0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4]


def a_stock_that_ends() -> registry.Metric:
    return next(
        metric for metric in registry.metrics.values() if metric.stock and metric.ends and not metric.where
    )


def test_a_stock_stands_on_its_days_and_not_after_its_end(place):
    metric = a_stock_that_ends()
    model = metric.model
    count()
    before = tallies.total(metric.key, MONDAY, TUESDAY)
    row = factories.make(model, place, **{metric.day: MONDAY, metric.ends: None})
    count()
    assert tallies.total(metric.key, MONDAY, TUESDAY) == before + 1
    assert tallies.total(metric.key, MONDAY, MONDAY - datetime.timedelta(days=1)) == before
    model.objects.filter(pk=row.pk).update(**{metric.ends: TUESDAY})
    count()
    assert tallies.total(metric.key, MONDAY, MONDAY) == before + 1
    assert tallies.total(metric.key, TUESDAY, TUESDAY) == before
    assert metric.facts_between(TUESDAY, TUESDAY).count() == before
    assert tallies.audit() == []


def test_totals_of_several_metrics_are_those_of_each(place):
    leaflets(place, 10)
    count()
    keys = [METRIC, a_stock_that_ends().key]
    assert tallies.totals(keys, MONDAY, MONDAY) == {key: tallies.total(key, MONDAY, MONDAY) for key in keys}


def test_the_audit_shows_what_differs_and_mends_nothing(place):
    leaflets(place, 10)
    count()
    assert tallies.audit() == []
    Tally.objects.filter(metric=METRIC).update(value=99)
    (incident,) = tallies.audit()
    assert (incident.metric, incident.day, incident.stated, incident.counted) == (METRIC, MONDAY, 99, 10)
    assert stated(MONDAY) == 99
    assert TallyIncident.objects.count() == 1


def test_the_audit_finds_a_count_in_the_wrong_community(cast, place):
    leaflets(place, 10)
    count()
    Tally.objects.filter(metric=METRIC).update(community=cast.b)
    found = {(one.stated, one.counted) for one in tallies.audit()}
    assert found == {(10, 0), (0, 10)}, "the sum of the day alone would not tell"


def test_the_audit_waits_for_what_is_on_its_way(place):
    leaflets(place, 10)
    assert Mark.objects.filter(metric=METRIC).exists()
    assert [one for one in tallies.audit() if one.metric == METRIC] == []


def test_as_of_is_the_moment_of_the_oldest_fact_that_waits(place):
    leaflets(place, 10)
    oldest = Mark.objects.order_by("made_at").first().made_at
    leaflets(place, 10)
    assert tallies.as_of() == oldest
    count()
    assert tallies.as_of() > oldest


def test_a_metric_that_was_retired_leaves_its_old_tallies(cast, place):
    Tally.objects.create(metric="old.metric", day=MONDAY, committee=cast.huguo, value=Decimal(5))
    Mark.objects.create(metric="old.metric", day=MONDAY)
    count()
    assert Tally.objects.get(metric="old.metric").value == 5
    assert not Mark.objects.exists()


def test_counting_costs_a_few_queries_however_many_facts_there_are(place, django_assert_max_num_queries):
    for _number in range(30):
        leaflets(place, 1)
    Mark.objects.exclude(metric=METRIC).delete()
    with django_assert_max_num_queries(15):
        tallies.count_marked()
    assert stated(MONDAY) == 30


@pytest.mark.parametrize("key", sorted(registry.metrics))
def test_every_metric_counts_and_says_what_it_counts(cast, place, key):
    metric = registry.metrics[key]
    factories.make_all(place)
    assert str(metric.title)
    assert len(str(metric.definition)) > 5
    found = metric.count(tallies.BEGINNING, MONDAY.replace(year=2100))
    streets, places = {cast.huguo.pk, cast.other.pk}, {cast.a.pk, cast.b.pk, cast.far.pk, None}
    assert all(committee in streets and community in places for (_day, committee, community, _part) in found)
    assert metric.facts_between(tallies.BEGINNING, MONDAY).count() >= 0
