"""The streets' part of the demo year: as if it had been lived."""

import datetime
import random
from collections import Counter
from types import SimpleNamespace

import pytest
from django.db.models import F, Sum
from django.utils import timezone

from campaign import calendar
from campaign import huguo as ground
from campaign.models import Committee
from grids import huguo
from grids.models import (
    Answer,
    Case,
    FrontageInspection,
    HealthReport,
    Merchant,
    Patrol,
    PatrolPlan,
    VisitBatch,
    Zone,
)
from grids.workflow import ENDED, MOVES, REPORT, State

# Without the mark of the database pytest-django would make none when this file runs alone.
pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture(scope="module")
def year(django_db_setup, django_db_blocker, tmp_path_factory):
    """Loaded once for the module, and rolled back."""
    from django.db import transaction
    from django.test import override_settings

    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")),
        transaction.atomic(),
    ):
        for number in (2020, 2021, timezone.localdate().year, timezone.localdate().year + 1):
            calendar.fill(number)
        street = ground.build(timezone.localdate(), 7)
        huguo.load(street, random.Random(7), lambda text: None)
        yield street
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _on_the_year(year: SimpleNamespace, db: None) -> None:
    """Every test reads the loaded year."""


def test_six_zones_each_led_by_a_deputy_director_of_a_community():
    zones = Zone.objects.filter(leader__isnull=False, deputy_director_at__isnull=False)
    assert zones.count() == 6
    assert len(set(zones.values_list("leader", flat=True))) == 6
    for zone in zones:
        assert zone.deputy_director_at in zone.communities.all()
    assert len({place.pk for zone in zones for place in zone.communities.all()}) == 7


def test_every_step_of_every_case_is_a_move_of_the_table_by_another_hand_where_one_is_asked_for():
    for case in Case.objects.prefetch_related("events"):
        first, *steps = case.events.all()
        assert (first.move, first.to_state, first.at) == (REPORT, State.RECEIVED, case.reported_at)
        state, handlers, at = State.RECEIVED, set(), first.at
        for step in steps:
            wanted = MOVES[step.move]
            assert state in wanted.come_from and step.from_state == state and step.at >= at
            assert not (wanted.second_person and step.by_id in handlers)
            if step.move in ("accept", "report_back"):
                handlers.add(step.by_id)
            state, at = wanted.leads_to(state), step.at
            assert step.to_state == state
        assert case.state == state


def test_the_columns_of_the_cases_agree_with_their_states():
    for case in Case.objects.all():
        ended = case.state in ENDED
        assert (case.closed_at is not None) is ended and (case.closed_on is not None) is ended
        assert case.closed_in_time == (case.closed_at <= case.due_at if case.state == State.CLOSED else None)
        assert case.due_on == (timezone.localdate(case.due_at) if case.due_at else None)
    closed = Case.objects.filter(state=State.CLOSED)
    assert closed.exclude(photos__stage="after").count() == 0
    rate = closed.filter(closed_in_time=True).count() / closed.count()
    assert 0.85 < rate < 1


def test_the_year_has_the_size_that_was_asked_for():
    past = Patrol.objects.filter(day__year=2020)
    assert 3_800 < past.count() < 4_200
    assert not past.filter(state="due").exists()
    assert 1_000 < Case.objects.filter(reported_on__year=2020).count() < 1_500
    assert 12 <= PatrolPlan.objects.filter(last_day__isnull=False, cross_check=None).count() <= 16
    assert Merchant.objects.count() >= 600 and FrontageInspection.objects.count() > 3_000


def test_the_visits_add_up_to_the_articles_figures_and_nobody_was_infected():
    sums = dict(VisitBatch.objects.values_list("kind").annotate(Sum("visits")))
    assert sums == {"resident": 210_000, "firm": 18_700}
    report = HealthReport.objects.aggregate(confirmed=Sum("confirmed"), suspected=Sum("suspected"))
    assert report == {"confirmed": 0, "suspected": 0}


def test_a_no_has_a_case_or_was_fixed_on_the_spot_and_every_done_patrol_is_whole():
    noes = Answer.objects.filter(value="no")
    assert noes.filter(case=None, fixed_on_spot=False).count() == 0
    assert Answer.objects.exclude(value="no").filter(case__isnull=False).count() == 0
    assert not Answer.objects.exclude(day=F("patrol__day")).exists()
    for patrol in Patrol.objects.filter(state="done").order_by("?")[:40]:
        items, points = patrol.plan.checklist.items.count(), patrol.plan.points.count()
        assert patrol.answers.count() == items * points


def test_the_present_is_alive():
    today = timezone.localdate()
    assert Patrol.objects.filter(day=today).count() >= 6
    assert Patrol.objects.filter(day=today + datetime.timedelta(days=14)).exists()
    states = Counter(Case.objects.open().values_list("state", flat=True))
    assert {State.RECEIVED, State.DISPATCHED, State.HANDLED, State.SUSPENDED} <= set(states)
    assert Case.objects.overdue().exists()
    assert PatrolPlan.objects.filter(
        last_day=None, filled_until__gte=today + datetime.timedelta(days=14)
    ).exists()


def test_people_of_the_demo_have_numbers_of_no_ones_range():
    phones = Case.objects.exclude(reporter_phone="").values_list("reporter_phone", flat=True)
    assert phones and all(phone.startswith("12") and len(phone) == 11 for phone in phones)
    assert Committee.objects.get().is_demo
