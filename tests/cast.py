"""One cast for all tests: two streets that must never meet, and in the first one two communities.

Huguo has 南屏街 (A) and 文庙 (B); the other street has 远方. Everybody is invented; phones begin with 12.
"""

import datetime
import itertools
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.models import User
from campaign.models import Appointment, Committee, Community, Team, Unit
from campaign.roles import Role

SINCE = datetime.date(2020, 1, 1)
PASSWORD = "only-for-tests-7431"
_phones = itertools.count(12000000000)


def person(name: str, **fields: Any) -> User:
    """An account with a phone of no one's range."""
    user = User(phone=str(next(_phones)), name=name, is_demo=True, **fields)
    user.set_unusable_password()
    user.save()
    return user


def appoint(
    user: User, role: str, committee: Committee, community: Community | None = None, unit: Unit | None = None
) -> User:
    Appointment.objects.create(
        user=user, role=role, committee=committee, community=community, unit=unit, since=SINCE
    )
    return user


def street(name: str, slug: str, communities: list[str]) -> SimpleNamespace:
    committee = Committee.objects.create(name=f"{name}党工委", short_name=name, slug=slug, since=SINCE)
    teams = SimpleNamespace(
        party=Team.objects.create(committee=committee, kind="party", name="党员队伍", since=SINCE),
        unit=Team.objects.create(committee=committee, kind="unit", name="文明单位队伍", since=SINCE),
        volunteer=Team.objects.create(committee=committee, kind="volunteer", name="志愿者队伍", since=SINCE),
    )
    places = [
        Community.objects.create(committee=committee, name=place, order=number, since=SINCE)
        for number, place in enumerate(communities)
    ]
    return SimpleNamespace(committee=committee, teams=teams, communities=places)


@pytest.fixture
def cast(db: Any) -> SimpleNamespace:
    """Everybody, made anew for one test."""
    return assemble()


def assemble() -> SimpleNamespace:
    """huguo, other: streets; a, b: communities of huguo; far: of the other street; and the people by their role."""
    huguo = street("护国街道", "huguo", ["南屏街社区", "文庙社区"])
    other = street("远方街道", "far", ["远方社区"])
    a, b = huguo.communities
    (far,) = other.communities
    unit_a = Unit.objects.create(
        committee=huguo.committee, community=a, kind="civilised", name="甲单位", since=SINCE
    )
    unit_b = Unit.objects.create(
        committee=huguo.committee, community=b, kind="civilised", name="乙单位", since=SINCE
    )
    department = Unit.objects.create(
        committee=huguo.committee, kind="department", name="城管中队", since=SINCE
    )
    unit_far = Unit.objects.create(
        committee=other.committee, community=far, kind="civilised", name="远方单位", since=SINCE
    )
    return SimpleNamespace(
        huguo=huguo.committee,
        other=other.committee,
        teams=huguo.teams,
        a=a,
        b=b,
        far=far,
        unit_a=unit_a,
        unit_b=unit_b,
        unit_far=unit_far,
        department=department,
        official=appoint(person("演示官员"), Role.OFFICIAL, huguo.committee),
        official_far=appoint(person("远方官员"), Role.OFFICIAL, other.committee),
        secretary_a=appoint(person("演示书记甲"), Role.SECRETARY, huguo.committee, a),
        secretary_b=appoint(person("演示书记乙"), Role.SECRETARY, huguo.committee, b),
        zone_leader=appoint(person("演示分队长"), Role.ZONE_LEADER, huguo.committee, a),
        patroller=appoint(person("演示巡查员"), Role.PATROLLER, huguo.committee, a),
        patroller_b=appoint(person("演示巡查员乙"), Role.PATROLLER, huguo.committee, b),
        liaison_a=appoint(person("演示联络员甲"), Role.LIAISON, huguo.committee, a, unit_a),
        liaison_b=appoint(person("演示联络员乙"), Role.LIAISON, huguo.committee, b, unit_b),
        team_leader=appoint(person("演示队长"), Role.TEAM_LEADER, huguo.committee, a),
        stranger=person("演示路人"),
        root=person("系统管理员", is_superuser=True, is_staff=True),
    )
