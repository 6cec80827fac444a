"""Every metric of this app counts its own kind of row and no other, and every figure agrees with plain SQL."""

import datetime
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from campaign import registry, tallies
from tests.volunteers import scene
from volunteers import attendance, signups
from volunteers.models import PartyGroup, PartyMember, Station, TeamMember, VolunteerTeam

DAY = datetime.date(2020, 5, 8)
YEAR = datetime.date(2020, 1, 1), datetime.date(2020, 12, 31)


def count() -> None:
    while tallies.count_marked():
        pass


def total(key: str, **where: Any) -> int:
    return int(tallies.total(key, *YEAR, **where))


def test_an_activity_is_counted_once_it_was_held_and_its_people_hours_and_kind_with_it(
    cast: SimpleNamespace,
) -> None:
    start = datetime.datetime(2020, 5, 8, 9, tzinfo=timezone.get_current_timezone())
    position = scene.position(cast, 2, starts_at=start)
    places = [signups.join(position, scene.volunteer(cast), now=start - timedelta(days=1)) for _ in range(3)]
    count()
    assert [total(f"volunteers.{key}") for key in ("activities_held", "signups", "attendances")] == [0, 2, 0]
    attendance.close(position.activity, by=None, present=[places[0].pk], now=start + timedelta(hours=3))
    count()
    assert [total(f"volunteers.{key}") for key in ("activities_held", "signups", "attendances")] == [1, 2, 1]
    assert total("volunteers.service_minutes") == 120
    assert tallies.by_slice("volunteers.activities_held", *YEAR) == {"friday_labour": 1}
    assert tallies.by_community("volunteers.attendances", *YEAR) == {cast.a.pk: 1}


def test_a_stock_stands_until_the_day_on_which_the_row_ends(cast: SimpleNamespace) -> None:
    scene.volunteer(cast, joined_on=DAY, left_on=DAY + timedelta(days=10))
    scene.volunteer(cast, joined_on=DAY)
    count()
    assert [
        int(tallies.total("volunteers.registered", DAY, DAY + timedelta(days=days))) for days in (0, 9, 10)
    ] == [
        2,
        2,
        1,
    ]


@pytest.fixture
def organised(cast: SimpleNamespace) -> SimpleNamespace:
    """Of each thing that is standing one in community A, and one that has ended."""
    ended = DAY + timedelta(days=1)
    for name, until in (("一", None), ("二", ended)):
        Station.objects.create(
            committee=cast.huguo, community=cast.a, level="station", name=name, opened_on=DAY, closed_on=until
        )
        team = VolunteerTeam.objects.create(
            committee=cast.huguo, community=cast.a, part_of=cast.teams.volunteer, name=name, purpose="epidemic",
            formed_on=DAY, disbanded_on=until,
        )  # fmt: skip
        for capacity in ("resident", "property", "volunteer"):
            TeamMember.objects.create(
                team=team, volunteer=scene.volunteer(cast), capacity=capacity, joined_on=DAY, left_on=until
            )
        group = PartyGroup.objects.create(
            committee=cast.huguo, team=cast.teams.party, kind="service", name=name, since=DAY
        )
        PartyMember.objects.create(
            committee=cast.huguo, community=cast.a, group=group, volunteer=scene.volunteer(cast),
            reported_on=DAY, withdrawn_on=until,
        )  # fmt: skip
    VolunteerTeam.objects.create(
        committee=cast.huguo, part_of=cast.teams.volunteer, name="常设", formed_on=DAY, purpose="standing"
    )
    return cast


STANDING = {
    "volunteers.stations": 1,
    "volunteers.teams": 2,
    "volunteers.teams_epidemic": 1,
    "volunteers.residents_taking_part": 1,
    "volunteers.property_taking_part": 1,
    "volunteers.party_members": 1,
    "volunteers.party_groups": 2,
    "volunteers.registered": 8,
}


def test_each_thing_is_counted_while_it_stands(organised: SimpleNamespace) -> None:
    count()
    assert {key: total(key) for key in STANDING} == STANDING


def test_every_figure_states_what_plain_sql_counts_in_its_own_street_alone(
    organised: SimpleNamespace,
) -> None:
    start = datetime.datetime(2020, 5, 8, 9, tzinfo=timezone.get_current_timezone())
    activity = scene.activity(organised, starts_at=start)
    attendance.close(activity, by=None, present=[], now=start + timedelta(hours=3))
    count()
    ours = [figure for figure in registry.figures.values() if figure.metric.startswith("volunteers.")]
    assert len(ours) == 9
    for figure in ours:
        assert _counted(figure, organised.huguo.pk) == figure.stated(organised.huguo, *YEAR), figure.key
        assert _counted(figure, organised.huguo.pk) not in (0, set()), figure.key
        assert _counted(figure, organised.other.pk) in (0, set()), figure.key


def _counted(figure: registry.Figure, committee: int) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(figure.sql, {"committee": committee, "first": YEAR[0], "last": YEAR[1]})
        rows = [row[0] for row in cursor.fetchall()]
    return set(rows) if isinstance(figure.article, set) else rows[0]


def test_every_metric_has_a_definition_and_its_slices_have_names(cast: SimpleNamespace) -> None:
    scene.kind(cast)
    ours = [metric for key, metric in registry.metrics.items() if key.startswith("volunteers.")]
    assert all(str(metric.definition) and str(metric.title) and str(metric.unit) for metric in ours)
    assert registry.metrics["volunteers.activities_held"].labels(["friday_labour"]) == {
        "friday_labour": "每周五义务劳动"
    }
