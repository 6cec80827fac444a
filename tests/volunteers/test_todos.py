"""What waits for whom."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from tests.volunteers import scene
from volunteers import signups, todos


def waiting(user: Any) -> list[tuple[int, int]]:
    """(count, overdue) of: to close, short of people, signed up for."""
    return [
        (entry.count, entry.overdue)
        for tell in (todos.of_leaders, todos.of_volunteers)
        for entry in tell(user)
    ]


def test_leaders_are_reminded_to_close_and_of_empty_places_in_their_own_reach(cast: SimpleNamespace) -> None:
    scene.activity(cast, starts_in=-timedelta(hours=3))
    scene.activity(cast, starts_in=-timedelta(days=4))
    scene.activity(cast, 4)
    scene.activity(cast, starts_in=timedelta(days=8))
    filled = scene.position(cast, 2, community=cast.b)
    signups.join(filled, scene.volunteer(cast))
    assert waiting(cast.secretary_a)[:2] == waiting(cast.official)[:2] == [(2, 1), (1, 0)]
    assert waiting(cast.secretary_b)[:2] == waiting(cast.official_far)[:2] == [(0, 0), (0, 0)]


def test_who_leads_one_activity_is_reminded_of_that_one(cast: SimpleNamespace) -> None:
    scene.activity(cast, starts_in=-timedelta(hours=3), leader=cast.stranger)
    scene.activity(cast, starts_in=-timedelta(hours=3))
    assert waiting(cast.stranger)[0] == (1, 0)
    assert waiting(cast.liaison_a)[0] == (0, 0)


def test_volunteers_are_reminded_of_what_they_promised(cast: SimpleNamespace) -> None:
    volunteer = scene.volunteer(cast, user=cast.stranger)
    signups.join(scene.position(cast), volunteer)
    signups.leave(signups.join(scene.position(cast, starts_in=timedelta(days=2)), volunteer))
    held = scene.position(cast, starts_in=-timedelta(days=1))
    signups.join(held, volunteer, now=timezone.now() - timedelta(days=2))
    assert waiting(cast.stranger)[2] == (1, 0)
    assert waiting(cast.official)[2] == (0, 0)
