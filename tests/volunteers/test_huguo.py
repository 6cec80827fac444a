"""The demo year is written past the verbs, in bulk: so it is held to what the verbs would have allowed."""

import datetime
import random
from collections import defaultdict
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from campaign import calendar
from campaign.models import Unit
from campaign.roles import Role
from tests import cast
from volunteers import huguo, leaders, signups, waiting
from volunteers.models import (
    Activity,
    Attendance,
    HourEntry,
    PartyMember,
    Position,
    Signup,
    TeamMember,
    Volunteer,
)

# Without the mark of the database pytest-django would make none when this file runs alone.
pytestmark = [pytest.mark.slow, pytest.mark.django_db]
NAMES = ("威远街", "南屏街", "祥云街", "青年路", "景星街", "金牛街", "文庙")


@pytest.fixture(scope="module")
def demo(django_db_setup: Any, django_db_blocker: Any) -> Any:
    """The volunteers' part alone, loaded once for this file and undone at its end."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield _load()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _on_the_demo(demo: Any, db: None) -> None:
    """Every test looks at the loaded part."""


def _load() -> SimpleNamespace:
    calendar.fill(2020)
    made = cast.street("护国街道", "demo-huguo", [f"{name}社区" for name in NAMES])
    communities = dict(zip(NAMES, made.communities, strict=True))
    units = [
        Unit.objects.create(
            committee=made.committee,
            community=community,
            kind="civilised",
            name=f"{name}小学",
            since=cast.SINCE,
        )
        for name, community in communities.items()
    ]
    department = Unit.objects.create(
        committee=made.committee,
        community=units[0].community,
        kind="department",
        name="环卫站",
        since=cast.SINCE,
    )
    users = SimpleNamespace(
        official=cast.appoint(cast.person("官员"), Role.OFFICIAL, made.committee),
        secretaries={name: cast.person(name) for name in NAMES},
        team_leader=cast.person("队长"),
        liaisons=[
            cast.appoint(cast.person("联络员"), Role.LIAISON, made.committee, units[0].community, department)
        ],
        volunteer=cast.person("志愿者"),
    )
    street = SimpleNamespace(
        committee=made.committee, communities=communities, teams=made.teams, units=units, civilised_units=units,
        users=users, today=timezone.localdate(), year=2020,
    )  # fmt: skip
    huguo.load(street, random.Random(7), lambda text: None)
    return street


def test_every_counter_of_places_is_its_rows_and_nobody_waits_beside_a_free_place(
    demo: SimpleNamespace,
) -> None:
    rows = Position.objects.annotate(
        held=Count("signups", Q(signups__state="confirmed")),
        line=Count("signups", Q(signups__state="waiting")),
    )
    assert not rows.exclude(taken=F("held")).exists()
    assert not rows.filter(line__gt=0, taken__lt=F("places")).exists()
    assert waiting.sweep() == 0


def test_whoever_came_had_a_place_and_was_registered_and_the_activity_was_held(demo: SimpleNamespace) -> None:
    assert not Attendance.objects.exclude(signup__state="confirmed", signup__activity__state="held").exists()
    assert not Signup.objects.filter(day__lt=F("volunteer__joined_on")).exists()
    assert not Signup.objects.filter(volunteer__left_on__isnull=False).exists()
    assert not Signup.objects.filter(joined_at__gt=F("activity__starts_at")).exists()


def test_the_hours_are_those_that_the_ledger_would_have_credited(demo: SimpleNamespace) -> None:
    credited = HourEntry.objects.filter(attendance__isnull=False)  # hours of earlier years came without lists
    rows = credited.values_list(
        "minutes", "attendance__came_at", "attendance__left_at", "activity__starts_at", "activity__ends_at"
    )
    for minutes, came, left, starts, ends in rows:
        assert minutes == (min(left, ends) - max(came, starts)).total_seconds() // 60
    assert credited.count() == Attendance.objects.count()
    days = HourEntry.objects.order_by().values_list("volunteer", "day").annotate(sum=Sum("minutes"))
    assert max(total for _volunteer, _day, total in days) <= 480


def test_nobody_serves_at_two_places_at_one_time(demo: SimpleNamespace) -> None:
    spans = defaultdict(list)
    rows = Signup.objects.filter(state__in=signups.HOLDS).values_list(
        "volunteer", "activity__starts_at", "activity__ends_at"
    )
    for volunteer, starts, ends in rows:
        spans[volunteer].append((starts, ends))
    for times in spans.values():
        times.sort()
        assert all(first[1] <= second[0] for first, second in pairwise(times))


def test_the_people_are_invented_and_marked_and_each_is_one_thing(demo: SimpleNamespace) -> None:
    assert not Volunteer.objects.exclude(phone__startswith="12", is_demo=True).exists()
    members = TeamMember.objects.exclude(capacity="volunteer")
    assert members.values("volunteer").distinct().count() == members.count() == 1447 + 1433
    assert PartyMember.objects.filter(volunteer__in=members.values("volunteer")).count() == 0
    assert set(
        PartyMember.objects.values_list("group__kind")
        .annotate(Count("pk"))
        .values_list("pk__count", flat=True)
    ) == {400}


def test_the_present_is_alive(demo: SimpleNamespace) -> None:
    coming = list(Activity.objects.coming())
    assert len(coming) > 30
    assert any(row.room == 0 for row in coming)
    assert sum(row.room > 0 for row in coming) > 20
    assert Activity.objects.to_close().exists()
    host = demo.users.volunteer.volunteer
    assert set(host.signups.filter(day__gt=demo.today).values_list("state", flat=True)) == {
        "confirmed",
        "waiting",
    }
    assert host.hour_entries.filter(day__year=2020).count() > 10


def test_no_gathering_in_the_first_weeks_of_the_epidemic(demo: SimpleNamespace) -> None:
    held = Activity.objects.filter(state="held", day__year=2020)
    assert held.count() >= 2000
    assert not held.filter(day__range=(datetime.date(2020, 1, 24), datetime.date(2020, 2, 21))).exists()
    assert held.values("kind__code").distinct().count() == 5


def test_the_liaison_has_colleagues_to_sign_up(demo: SimpleNamespace) -> None:
    (liaison,) = demo.users.liaisons
    activity = Activity.objects.coming().first()
    assert leaders.colleagues(liaison, activity).count() == 12
