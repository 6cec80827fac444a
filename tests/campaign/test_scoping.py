"""How far a person's appointments of today reach."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.models import User
from campaign.models import Appointment, Community, Unit
from campaign.roles import MAY, Role, may
from campaign.scoping import reach_of
from campaign.scoping.reach import forget
from grids.models import Zone
from tests.cast import appoint, person


def again(user: User) -> User:
    """The person as the next request reads them."""
    return User.objects.get(pk=user.pk)


def test_a_reach_is_read_from_the_appointments(cast):
    assert reach_of(cast.official).committees == {cast.huguo.pk}
    assert reach_of(cast.secretary_a).communities == {cast.a.pk}
    assert reach_of(cast.liaison_a).units == {cast.unit_a.pk}
    assert reach_of(cast.liaison_a).near == {cast.a.pk}
    assert reach_of(cast.root).everything
    for nobody in (None, AnonymousUser(), cast.stranger):
        assert not reach_of(nobody).member_of
        assert not reach_of(nobody).everything


def test_an_appointment_holds_from_its_first_day_until_its_last_is_over(cast):
    today = timezone.localdate()
    user = person("新书记")
    held = Appointment.objects.create(
        user=user,
        role=Role.SECRETARY,
        committee=cast.huguo,
        community=cast.a,
        since=today + timedelta(days=1),
    )
    assert not reach_of(again(user)).communities
    Appointment.objects.filter(pk=held.pk).update(since=today)
    assert reach_of(again(user)).communities == {cast.a.pk}
    Appointment.objects.filter(pk=held.pk).update(
        since=today - timedelta(days=5), until=today + timedelta(days=1)
    )
    assert reach_of(again(user)).communities == {cast.a.pk}
    Appointment.objects.filter(pk=held.pk).update(until=today)
    assert not reach_of(again(user)).communities


def test_who_may_not_sign_in_reaches_nothing(cast):
    User.objects.filter(pk=cast.official.pk).update(is_active=False)
    User.objects.filter(pk=cast.root.pk).update(is_active=False)
    assert not reach_of(again(cast.official)).committees
    assert not reach_of(again(cast.root)).everything


def test_several_appointments_reach_as_far_as_all_of_them(cast):
    appoint(cast.secretary_a, Role.LIAISON, cast.huguo, cast.b, cast.unit_b)
    reach = reach_of(again(cast.secretary_a))
    assert (reach.communities, reach.units) == ({cast.a.pk}, {cast.unit_b.pk})


def test_an_official_who_is_also_a_secretary_of_another_street_sees_both_and_no_more(cast):
    appoint(cast.official, Role.SECRETARY, cast.other, cast.far)
    user = again(cast.official)
    assert set(Community.objects.visible_to(user)) == {cast.a, cast.b, cast.far}
    assert set(Unit.objects.visible_to(user)) == {cast.unit_a, cast.unit_b, cast.department, cast.unit_far}
    assert set(Appointment.objects.visible_to(user).values_list("committee", flat=True)) == {
        cast.huguo.pk,
        cast.other.pk,
    }


def test_a_reach_is_read_once_a_request_and_again_when_told_to(cast, django_assert_num_queries):
    user = again(cast.official)
    with django_assert_num_queries(1):
        reach_of(user)
        reach_of(user)
    Appointment.objects.filter(user=user).update(until=timezone.localdate())
    assert reach_of(user).committees
    forget(user)
    assert not reach_of(user).committees


def test_a_zone_of_two_communities_is_listed_once(cast):
    zone = Zone.objects.create(committee=cast.huguo, number=1, name="一区", since="2020-01-01")
    zone.communities.set([cast.a, cast.b])
    appoint(cast.secretary_a, Role.SECRETARY, cast.huguo, cast.b)
    assert list(Zone.objects.visible_to(again(cast.secretary_a))) == [zone]


def test_visible_to_can_be_narrowed_and_counted_further(cast):
    seen = Unit.objects.visible_to(cast.official)
    assert seen.filter(name="甲单位").get() == cast.unit_a
    assert seen.exclude(name="甲单位").count() == 2
    assert Unit.objects.filter(kind="department").visible_to(cast.official).get() == cast.department


@pytest.mark.parametrize("what", sorted(MAY))
def test_what_may_be_done_is_done_by_the_roles_of_the_table_alone(cast, what):
    holders = {
        Role.OFFICIAL: cast.official,
        Role.SECRETARY: cast.secretary_a,
        Role.ZONE_LEADER: cast.zone_leader,
        Role.PATROLLER: cast.patroller,
        Role.LIAISON: cast.liaison_a,
        Role.TEAM_LEADER: cast.team_leader,
    }
    assert {role for role, user in holders.items() if may(user, what)} == MAY[what] & set(holders)
    assert may(cast.root, what)
    assert not may(cast.stranger, what)
    assert not may(AnonymousUser(), what)
