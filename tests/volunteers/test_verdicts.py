"""What a page says before one signs up, and what signing up then does, are one and the same table."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from campaign.errors import Refused
from tests.volunteers import scene
from volunteers import activities, attendance, signups
from volunteers.models import Activity, Position, Volunteer
from volunteers.signups import Verdict

Scene = tuple[Position, Volunteer]


def plain(cast: SimpleNamespace) -> Scene:
    return scene.position(cast, 1), scene.volunteer(cast)


def full(cast: SimpleNamespace) -> Scene:
    position, volunteer = plain(cast)
    signups.join(position, scene.volunteer(cast))
    return position, volunteer


def signed_up(cast: SimpleNamespace) -> Scene:
    position, volunteer = plain(cast)
    signups.join(position, volunteer)
    return position, volunteer


def in_the_line(cast: SimpleNamespace) -> Scene:
    position, volunteer = full(cast)
    signups.join(position, volunteer)
    return position, volunteer


def had_left(cast: SimpleNamespace) -> Scene:
    position, volunteer = plain(cast)
    signups.leave(signups.join(position, volunteer))
    return position, volunteer


def draft(cast: SimpleNamespace) -> Scene:
    position, volunteer = plain(cast)
    Activity.objects.filter(pk=position.activity_id).update(state="draft")
    return position, volunteer


def held(cast: SimpleNamespace) -> Scene:
    position, volunteer = plain(cast)
    now = position.activity.ends_at
    attendance.close(position.activity, by=None, present=[], now=now)
    return position, volunteer


def cancelled(cast: SimpleNamespace) -> Scene:
    position, volunteer = plain(cast)
    activities.cancel(position.activity, "下雨")
    return position, volunteer


def begun(cast: SimpleNamespace) -> Scene:
    return scene.position(cast, 1, starts_in=timedelta(minutes=-1)), scene.volunteer(cast)


def closed_early(cast: SimpleNamespace) -> Scene:
    closes = timezone.now() - timedelta(minutes=1)
    return scene.position(cast, 1, sign_up_closes_at=closes), scene.volunteer(cast)


def of_another_street(cast: SimpleNamespace) -> Scene:
    return scene.position(cast, 1), scene.volunteer(cast, committee=cast.other, community=cast.far)


def no_longer_registered(cast: SimpleNamespace) -> Scene:
    return scene.position(cast, 1), scene.volunteer(cast, left_on=timezone.localdate())


def _needing(cast: SimpleNamespace, **needs: Any) -> Scene:
    position, volunteer = plain(cast)
    Position.objects.filter(pk=position.pk).update(**needs)
    return position, volunteer


def too_young(cast: SimpleNamespace) -> Scene:
    position, volunteer = _needing(cast, min_age=18)
    # The birthday may be to come yet, and the day of birth is not asked.
    Volunteer.objects.filter(pk=volunteer.pk).update(birth_year=position.activity.day.year - 18)
    return position, Volunteer.objects.get(pk=volunteer.pk)


def old_enough(cast: SimpleNamespace) -> Scene:
    position, volunteer = _needing(cast, min_age=18)
    Volunteer.objects.filter(pk=volunteer.pk).update(birth_year=position.activity.day.year - 19)
    return position, Volunteer.objects.get(pk=volunteer.pk)


def skilled(cast: SimpleNamespace) -> Scene:
    skill = scene.skill(cast)
    position, volunteer = _needing(cast, skill=skill)
    volunteer.skills.add(skill)
    return position, volunteer


def _opening(cast: SimpleNamespace, minutes: int) -> Scene:
    opens = timezone.now() + timedelta(minutes=minutes)
    return scene.position(cast, 1, sign_up_opens_at=opens), scene.volunteer(cast)


def _with_other(cast: SimpleNamespace, minutes: int, places: int = 1, state: str = "") -> Scene:
    """The person is signed up for another activity that begins so many minutes after this one."""
    position, volunteer = plain(cast)
    starts_at = position.activity.starts_at + timedelta(minutes=minutes)
    other = scene.position(cast, places, starts_at=starts_at, community=cast.b)
    if places == 1 and state == "waiting":
        signups.join(other, scene.volunteer(cast))
    signup = signups.join(other, volunteer)
    if state == "left":
        signups.leave(signup)
    if state == "cancelled":
        activities.cancel(other.activity, "下雨")
    return position, volunteer


TABLE: dict[str, tuple[Callable[[Any], Scene], Verdict]] = {
    "a free place": (plain, Verdict.FREE),
    "no free place": (full, Verdict.FULL),
    "signed up": (signed_up, Verdict.ALREADY),
    "in the line": (in_the_line, Verdict.WAITING),
    "had left": (had_left, Verdict.FREE),
    "a draft": (draft, Verdict.NOT_OPEN),
    "held": (held, Verdict.NOT_OPEN),
    "cancelled": (cancelled, Verdict.CANCELLED),
    "begun": (begun, Verdict.TOO_LATE),
    "closed before it begins": (closed_early, Verdict.TOO_LATE),
    "another street": (of_another_street, Verdict.ELSEWHERE),
    "no longer registered": (no_longer_registered, Verdict.ELSEWHERE),
    "elsewhere at that time": (lambda cast: _with_other(cast, 30), Verdict.CLASH),
    "in line elsewhere at that time": (lambda cast: _with_other(cast, 30, state="waiting"), Verdict.CLASH),
    "elsewhere, overlapping by 16 minutes": (lambda cast: _with_other(cast, 104), Verdict.CLASH),
    "elsewhere, overlapping by 15 minutes": (lambda cast: _with_other(cast, 105), Verdict.SOFT_CLASH),
    "elsewhere right after": (lambda cast: _with_other(cast, 120), Verdict.FREE),
    "before it opens": (lambda cast: _opening(cast, 5), Verdict.NOT_YET),
    "after it opened": (lambda cast: _opening(cast, -5), Verdict.FREE),
    "an age is asked and not known": (lambda cast: _needing(cast, min_age=18), Verdict.AGE_UNKNOWN),
    "too young": (too_young, Verdict.AGE),
    "old enough": (old_enough, Verdict.FREE),
    "a skill is asked": (lambda cast: _needing(cast, skill=scene.skill(cast)), Verdict.SKILL),
    "the skill is there": (skilled, Verdict.FREE),
    "elsewhere, but left": (lambda cast: _with_other(cast, 30, state="left"), Verdict.FREE),
    "elsewhere, but cancelled": (lambda cast: _with_other(cast, 30, state="cancelled"), Verdict.FREE),
}


@pytest.mark.parametrize("name", TABLE)
def test_the_page_and_the_verb_say_the_same(cast: SimpleNamespace, name: str) -> None:
    make, verdict = TABLE[name]
    position, volunteer = make(cast)
    position = Position.objects.get(pk=position.pk)
    assert signups.verdict(position, volunteer) == verdict
    assert signups.verdict(position.activity, volunteer) == verdict
    if verdict.may_join:
        assert signups.join(position, volunteer).state == ("waiting" if verdict == "full" else "confirmed")
    elif verdict in (Verdict.ALREADY, Verdict.WAITING):
        assert signups.join(position, volunteer) == position.signups.get(volunteer=volunteer)
    else:
        with pytest.raises(Refused) as refusal:
            signups.join(position, volunteer)
        assert (refusal.value.code, refusal.value.message) == (verdict.value, verdict.label)
        assert not position.signups.filter(volunteer=volunteer, state__in=signups.HOLDS).exists()


def test_two_short_activities_at_the_same_time_clash_although_they_are_shorter_than_the_grace(
    cast: SimpleNamespace,
) -> None:
    start = timezone.now() + timedelta(days=1)
    times = {"starts_at": start, "ends_at": start + timedelta(minutes=15)}
    one, other = scene.position(cast, 1, **times), scene.position(cast, 1, community=cast.b, **times)
    person = scene.volunteer(cast)
    signups.join(one, person)
    assert signups.verdict(other, person) == Verdict.CLASH


def test_a_stranger_is_told_of_free_places_and_of_the_waiting_list(cast: SimpleNamespace) -> None:
    position, _volunteer = plain(cast)
    assert signups.verdict(position) == Verdict.FREE
    signups.join(position, scene.volunteer(cast))
    assert signups.verdict(Activity.objects.get()) == Verdict.FULL


def test_an_activity_with_one_free_position_is_free(cast: SimpleNamespace) -> None:
    activity = scene.activity(cast, positions=[("引导员", 1), ("宣传员", 1)])
    signups.join(activity.positions.get(name="引导员"), scene.volunteer(cast))
    assert signups.verdict(activity) == Verdict.FREE
    assert signups.verdict(activity.positions.get(name="引导员")) == Verdict.FULL
