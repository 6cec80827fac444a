"""Signing up, leaving, moving up: one after another. What happens at the same time is in test_signup_rush.py."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from campaign.errors import Refused
from campaign.models import OutboxMessage
from tests.cast import person
from tests.volunteers import scene
from volunteers import activities, people, signups, tasks, waiting
from volunteers.models import Position, Signup, SignupEvent


def states(*rows: Signup) -> list[str]:
    return [Signup.objects.get(pk=row.pk).state for row in rows]


def taken(position: Position) -> int:
    return Position.objects.get(pk=position.pk).taken


def test_the_places_are_given_in_order_and_the_next_wait(cast: SimpleNamespace) -> None:
    position = scene.position(cast, 2)
    rows = [signups.join(position, scene.volunteer(cast)) for _ in range(4)]
    assert states(*rows) == ["confirmed", "confirmed", "waiting", "waiting"]
    assert taken(position) == 2


def test_signing_up_twice_is_signing_up_once(cast: SimpleNamespace) -> None:
    position, volunteer = scene.position(cast, 2), scene.volunteer(cast)
    first, second = (signups.join(position, volunteer) for _ in range(2))
    assert (first, first.joined_at, taken(position)) == (second, second.joined_at, 1)
    assert [event.what for event in first.events.all()] == ["joined"]


def test_asking_for_another_position_of_the_same_activity_keeps_the_first(cast: SimpleNamespace) -> None:
    one, other = scene.activity(cast, positions=[("引导员", 1), ("宣传员", 1)]).positions.all()
    volunteer = scene.volunteer(cast)
    signups.join(one, volunteer)
    assert signups.join(other, volunteer).position == one
    assert taken(other) == 0


@pytest.mark.usefixtures("at_once")
def test_who_leaves_gives_the_place_to_the_head_of_the_line(cast: SimpleNamespace) -> None:
    position = scene.position(cast, 1)
    first, second, third = (signups.join(position, scene.volunteer(cast)) for _ in range(3))
    signups.leave(first)
    assert states(first, second, third) == ["left", "confirmed", "waiting"]
    assert taken(position) == 1
    assert [event.what for event in second.events.all()] == ["queued", "promoted"]


def test_who_leaves_the_line_frees_no_place(cast: SimpleNamespace) -> None:
    position = scene.position(cast, 1)
    first, second, third = (signups.join(position, scene.volunteer(cast)) for _ in range(3))
    signups.leave(second)
    assert states(first, second, third) == ["confirmed", "left", "waiting"]
    assert taken(position) == 1


@pytest.mark.usefixtures("at_once")
def test_leaving_twice_frees_one_place(cast: SimpleNamespace) -> None:
    position = scene.position(cast, 2)
    first, _second, third = (signups.join(position, scene.volunteer(cast)) for _ in range(3))
    signups.leave(first)
    signups.leave(first)
    assert taken(position) == 2
    assert states(third) == ["confirmed"]
    assert first.events.filter(what="left").count() == 1


def test_who_comes_back_stands_at_the_end_of_the_line_with_the_same_row(cast: SimpleNamespace) -> None:
    position, volunteer = scene.position(cast, 1), scene.volunteer(cast)
    now = timezone.now()
    first = signups.join(position, volunteer, now=now)
    others = [signups.join(position, scene.volunteer(cast), now=now) for _ in range(2)]
    signups.leave(first, now=now)
    again = signups.join(position, volunteer, now=now)  # in the same moment, and with the lowest id of all
    assert again.pk == first.pk
    line = position.signups.filter(state="waiting").order_by("joined_at", "pk")
    assert list(line) == [others[1], again]


def test_nobody_leaves_once_it_has_begun(cast: SimpleNamespace) -> None:
    row = signups.join(scene.position(cast), scene.volunteer(cast))
    with pytest.raises(Refused) as refusal:
        signups.leave(row, now=row.activity.starts_at)
    assert refusal.value.code == "left_too_late"
    assert states(row) == ["confirmed"]


@pytest.mark.usefixtures("at_once")
def test_more_places_let_the_line_move_up_and_fewer_than_taken_are_refused(cast: SimpleNamespace) -> None:
    position = scene.position(cast, 1)
    rows = [signups.join(position, scene.volunteer(cast)) for _ in range(4)]
    assert activities.set_places(position, 3, by=cast.secretary_a).taken == 3
    assert states(*rows) == ["confirmed", "confirmed", "confirmed", "waiting"]
    with pytest.raises(Refused):
        activities.set_places(position, 2, by=cast.secretary_a)
    assert Position.objects.get(pk=position.pk).places == 3


@pytest.mark.usefixtures("at_once")
def test_the_sweep_gives_out_places_that_were_freed_past_the_verbs(cast: SimpleNamespace) -> None:
    position = scene.position(cast, 1)
    rows = [signups.join(position, scene.volunteer(cast)) for _ in range(3)]
    assert tasks.promote_waiting() == 0
    Position.objects.filter(pk=position.pk).update(places=2)
    assert tasks.promote_waiting() == 1
    assert states(*rows) == ["confirmed", "confirmed", "waiting"]


@pytest.mark.usefixtures("at_once")
def test_nobody_overtakes_who_waits_beside_a_free_place(cast: SimpleNamespace) -> None:
    position = scene.position(cast, 1)
    waiting = [signups.join(position, scene.volunteer(cast)) for _ in range(2)][1]
    Position.objects.filter(pk=position.pk).update(places=2)  # past the verbs, so nobody moved up
    late = signups.join(position, scene.volunteer(cast))
    assert states(waiting, late) == ["confirmed", "waiting"]
    assert late.state == "waiting"


def test_nobody_moves_up_after_the_start(cast: SimpleNamespace) -> None:
    position = scene.position(cast, 1)
    row = [signups.join(position, scene.volunteer(cast)) for _ in range(2)][1]
    Position.objects.filter(pk=position.pk).update(places=2)
    assert waiting.sweep(now=position.activity.starts_at) == 0
    assert waiting.promote(position, now=position.activity.starts_at) == 0
    assert states(row) == ["waiting"]


def test_a_cancelled_activity_releases_everybody(cast: SimpleNamespace) -> None:
    position = scene.position(cast, 1)
    rows = [signups.join(position, scene.volunteer(cast)) for _ in range(2)]
    activities.cancel(position.activity, "下雨", by=cast.secretary_a)
    assert states(*rows) == ["cancelled", "cancelled"]
    assert taken(position) == 0
    assert SignupEvent.objects.filter(what="cancelled").count() == 2


def test_only_the_person_and_a_leader_sign_a_person_up_or_off(cast: SimpleNamespace) -> None:
    position = scene.position(cast)
    volunteer = scene.volunteer(cast, user=cast.stranger)
    for hand in (person("别人"), cast.secretary_b, cast.official_far, cast.patroller):
        with pytest.raises(Refused):
            signups.join(position, volunteer, by=hand)
    people.complete(volunteer, consent=True)
    row = signups.join(position, volunteer, by=cast.stranger)
    with pytest.raises(Refused):
        signups.leave(row, by=cast.secretary_b)
    assert states(row) == ["confirmed"]
    assert signups.leave(row, by=cast.secretary_a).state == "left"


def test_a_leader_may_still_add_who_turns_up_after_the_start(cast: SimpleNamespace) -> None:
    position = scene.position(cast, starts_in=timedelta(minutes=-10))
    with pytest.raises(Refused):
        signups.join(position, scene.volunteer(cast))
    row = signups.join(position, scene.volunteer(cast), by=cast.secretary_a)
    assert row.state == "confirmed"


def test_the_schema_itself_refuses_a_place_too_many_and_a_second_row(cast: SimpleNamespace) -> None:
    position, volunteer = scene.position(cast, 1), scene.volunteer(cast)
    row = signups.join(position, volunteer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Position.objects.filter(pk=position.pk).update(taken=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Signup.objects.create(
            activity=row.activity, position=position, volunteer=volunteer, state="waiting",
            joined_at=row.joined_at, day=row.day,
        )  # fmt: skip


def test_who_moves_up_and_who_is_released_is_told_once(cast: SimpleNamespace, settings: object) -> None:
    settings.SMS_GATEWAY = "tests.nobody.sends"
    position = scene.position(cast, 1)
    first, second = (
        signups.join(position, scene.volunteer(cast, phone=f"1390000000{n}", name="演示")) for n in range(2)
    )
    assert not OutboxMessage.objects.exists()
    signups.leave(first)
    (told,) = OutboxMessage.objects.all()
    assert (told.recipient, told.not_after) == ("13900000001", position.activity.starts_at)
    assert position.activity.title in told.text
    signups.leave(first)
    activities.cancel(position.activity, "下雨")
    assert [message.recipient for message in OutboxMessage.objects.all()] == ["13900000001"] * 2
    assert states(second) == ["cancelled"]
