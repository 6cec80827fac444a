"""Roles come and go by two verbs, and the admin's door follows."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from campaign import appointments
from campaign.errors import Refused
from campaign.models import Appointment
from campaign.roles import Role
from campaign.scoping import reach_of
from tests.cast import person

pytestmark = pytest.mark.django_db


def test_an_official_gets_the_admin_s_door_and_loses_it(cast):
    newcomer = person("新人")
    appointment = appointments.appoint(
        newcomer, Role.OFFICIAL, cast.huguo, since=date(2026, 1, 1), by=cast.official
    )
    newcomer.refresh_from_db()
    assert newcomer.is_staff
    appointments.end(appointment, timezone.localdate(), by=cast.official)
    newcomer.refresh_from_db()
    assert not newcomer.is_staff
    assert not reach_of(newcomer).roles
    assert Appointment.objects.filter(user=newcomer).exists()  # ended, never deleted


def test_a_role_that_is_held_is_not_given_twice(cast):
    first = appointments.appoint(cast.stranger, Role.CLERK, cast.huguo, community=cast.a)
    assert appointments.appoint(cast.stranger, Role.CLERK, cast.huguo, community=cast.a) == first


def test_who_has_another_office_keeps_the_door(cast):
    second = appointments.appoint(cast.official, Role.OFFICIAL, cast.other, since=date(2026, 1, 1))
    appointments.end(second, timezone.localdate())
    cast.official.refresh_from_db()
    assert cast.official.is_staff


@pytest.mark.parametrize("who", ["secretary_a", "official_far", "stranger"])
def test_only_officials_of_the_street_appoint(cast, who):
    with pytest.raises(Refused):
        appointments.appoint(cast.stranger, Role.OFFICIAL, cast.huguo, by=getattr(cast, who))
    held = Appointment.objects.get(user=cast.patroller)
    with pytest.raises(Refused):
        appointments.end(held, timezone.localdate(), by=getattr(cast, who))


def test_role_and_place_must_fit(cast):
    for role, place in ((Role.SECRETARY, {}), (Role.LIAISON, {}), (Role.SECRETARY, {"community": cast.far})):
        with pytest.raises(ValidationError):
            appointments.appoint(cast.stranger, role, cast.huguo, **place)
    assert not Appointment.objects.filter(user=cast.stranger).exists()


def test_it_cannot_end_before_it_began(cast):
    held = Appointment.objects.get(user=cast.patroller)
    with pytest.raises(Refused):
        appointments.end(held, held.since - timedelta(days=1))
