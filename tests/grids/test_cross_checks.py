"""Cross-checks: drawn by a noted seed, walked by others, hidden from the checked community until they are done."""

import datetime
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaign.errors import Refused
from grids import crosschecks, patrols
from grids.models import Answer, Case, CrossCheck, Patrol, PatrolPlan, PlanStop, Point, Zone
from tests.cast import SINCE, appoint, person


@pytest.fixture
def two_places(streets):
    """Community B has a zone of its own, with its leader, and points that the card fits."""
    leader_b = appoint(person("演示分队长乙"), "zone_leader", streets.huguo, streets.b)
    zone = Zone.objects.create(committee=streets.huguo, number=2, name="二区", leader=leader_b, since=SINCE)
    zone.communities.add(streets.b)
    type = streets.point.type
    for number in range(4):
        Point.objects.create(
            committee=streets.huguo,
            community=streets.b,
            zone=zone,
            type=type,
            name=f"文庙巷{number}",
            since=SINCE,
        )
    streets.leader_b = leader_b
    return streets


def draw(streets, **given):
    tomorrow = timezone.localdate() + timedelta(days=1)
    asked = {
        "title": "十一月互查", "checklist": streets.checklist, "day": tomorrow, "start_time": datetime.time(9),
        "points_each": 2, "seed": 7,
    }  # fmt: skip
    return crosschecks.draw(streets.huguo, by=given.pop("by", streets.official), **{**asked, **given})


def of(round_, checked) -> Patrol:
    return Patrol.objects.get(plan__cross_check=round_, plan__checked=checked)


def test_each_community_is_checked_by_a_patroller_of_the_other(two_places):
    round_ = draw(two_places)
    assert of(round_, two_places.a).patroller == two_places.patroller_b
    assert of(round_, two_places.b).patroller == two_places.patroller
    for checked in (two_places.a, two_places.b):
        points = patrols.points_of(of(round_, checked))
        assert len(points) == 2 and {point.community for point in points} == {checked}


def test_the_seed_is_noted_and_draws_the_same_again(two_places):
    round_ = draw(two_places, seed=None)
    again = crosschecks.lots_of(crosschecks.ground_of(round_), round_.seed, round_.points_each)
    for lot in again:
        patrol = of(round_, lot.checked)
        assert (patrol.patroller, patrol.community) == (lot.person, lot.checker)
        assert tuple(patrols.points_of(patrol)) == lot.points
    draws = {
        tuple(
            point.pk
            for lot in crosschecks.lots_of(crosschecks.ground_of(round_), seed, 2)
            for point in lot.points
        )
        for seed in range(20)
    }
    assert len(draws) > 3


def test_the_checked_community_sees_nothing_before_it_is_done(two_places):
    patrol = of(draw(two_places), two_places.a)
    walker, checked = (
        two_places.patroller_b,
        (two_places.secretary_a, two_places.zone_leader, two_places.patroller),
    )
    for who in checked:
        for model, rows in (
            (Patrol, patrol),
            (PatrolPlan, patrol.plan),
            (CrossCheck, patrol.plan.cross_check),
        ):
            assert not model.objects.visible_to(who).filter(pk=rows.pk).exists(), (who, model)
        assert not PlanStop.objects.visible_to(who).filter(plan=patrol.plan).exists()
        browser = Client()
        browser.force_login(who)
        assert browser.get(reverse("grids:patrol_detail", args=[patrol.pk])).status_code == 404
        roster = browser.get(reverse("grids:roster_week") + f"?day={patrol.day}").content.decode()
        assert "互查" not in roster
    assert patrol.is_visible_to(walker) and patrol.is_visible_to(two_places.secretary_b)
    assert not PatrolPlan.objects.visible_to(walker).filter(cross_check=None).exists(), (
        "no more than the check"
    )


def test_it_is_walked_and_then_shown(two_places):
    patrol = of(draw(two_places), two_places.a)
    now = timezone.now()
    Patrol.objects.filter(pk=patrol.pk).update(
        starts_at=now - timedelta(minutes=5), ends_at=now + timedelta(hours=1), day=timezone.localdate()
    )
    for line in patrols.lines(patrol):
        wrong = line.item == two_places.clean and line.point == patrols.points_of(patrol)[0]
        patrols.answer(patrol, line.point, line.item, "no" if wrong else "yes", by=two_places.patroller_b)
    case = Case.objects.get()
    assert (case.community, case.source) == (two_places.a, "patrol")
    assert not patrol.is_visible_to(two_places.secretary_a)
    patrols.finish(patrol, by=two_places.patroller_b)
    assert patrol.is_visible_to(two_places.secretary_a)
    assert Answer.objects.visible_to(two_places.secretary_a).count() == 4
    assert not CrossCheck.objects.visible_to(two_places.secretary_a).exists()
    browser = Client()
    browser.force_login(two_places.official)
    page = browser.get(
        reverse("grids:cross_check_detail", args=[patrol.plan.cross_check_id])
    ).content.decode()
    assert case.code in page and two_places.patroller_b.name in page


def test_drawing_twice_is_drawing_once_and_the_scheduler_adds_none(two_places):
    assert draw(two_places) == draw(two_places, seed=8)
    before = Patrol.objects.filter(plan__cross_check__isnull=False).count()
    PatrolPlan.objects.update(filled_until=None)
    patrols.schedule()
    assert Patrol.objects.filter(plan__cross_check__isnull=False).count() == before == 2


def test_a_leader_of_both_communities_stands_for_neither(two_places):
    Zone.objects.update(leader=two_places.zone_leader)
    with pytest.raises(Refused) as refused:
        draw(two_places)
    assert refused.value.code == "empty" and not CrossCheck.objects.exists()


@pytest.mark.parametrize("who", ["secretary_a", "zone_leader", "patroller", "official_far", "stranger"])
def test_only_the_office_draws(two_places, who):
    with pytest.raises(Refused) as refused:
        draw(two_places, by=getattr(two_places, who))
    assert refused.value.code == "role"


def test_it_is_neither_moved_nor_handed_over(two_places):
    from grids import handovers, plans

    patrol = of(draw(two_places), two_places.a)
    with pytest.raises(Refused):
        plans.move(patrol, by=two_places.official, starts_at=patrol.starts_at, patroller=two_places.patroller)
    with pytest.raises(Refused):
        handovers.ask(patrol, "有事", by=two_places.patroller_b)
    with pytest.raises(Refused):
        plans.change(patrol.plan, plans.Draft({}), by=two_places.official)
