"""Walking a patrol: who may, when, what a "no" does, and what it takes to be finished or missed."""

import datetime
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from campaign.errors import Refused
from campaign.recurrence import SHANGHAI
from grids import cases, patrols
from grids.models import Answer, AnswerPhoto, Case, Patrol
from tests.grids.conftest import photo

DAY = datetime.date(2026, 11, 2)


def at(hour: int, minute: int = 0, day: datetime.date = DAY) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour, minute), tzinfo=SHANGHAI)


@pytest.fixture
def clock():
    with time_machine.travel(at(9, 30), tick=False) as traveller:
        yield traveller


@pytest.fixture
def patrol(streets, clock) -> Patrol:
    """Of the second of November, nine to eleven, the patroller's."""
    patrols.schedule(until=DAY + timedelta(days=1))
    return Patrol.objects.get(day=DAY)


def say(streets, patrol, value="yes", *, item=None, by=None, **given) -> Answer:
    return patrols.answer(
        patrol, streets.point, item or streets.clean, value, by=by or streets.patroller, **given
    )


def answer_all(streets, patrol, **given) -> None:
    for line in patrols.lines(patrol):
        patrols.answer(patrol, line.point, line.item, "yes", by=streets.patroller, **given)


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("patroller", True),
        ("zone_leader", True),
        ("official", True),
        ("root", True),
        ("patroller_b", False),
        ("secretary_a", False),
        ("liaison_a", False),
        ("stranger", False),
        ("official_far", False),
    ],
)
def test_a_patrol_is_walked_by_its_patroller_its_leader_or_the_street(streets, patrol, who, may):
    if may:
        assert say(streets, patrol, by=getattr(streets, who)).pk
    else:
        for act in (
            lambda by: say(streets, patrol, by=by),
            lambda by: patrols.finish(patrol, by=by),
            lambda by: patrols.miss(patrol, "下雨", by),
        ):
            with pytest.raises(Refused):
                act(getattr(streets, who))
        assert not Answer.objects.exists()


def test_a_no_opens_one_case_with_all_filled_in_however_often_it_is_sent(streets, patrol):
    for _time in range(3):
        given = say(streets, patrol, "no", photo=photo(), note="墙角有垃圾")
    case = Case.objects.get()
    assert given.case == case
    assert (case.source, case.point, case.zone, case.category) == (
        "patrol", streets.point, streets.zone, streets.litter,
    )  # fmt: skip
    assert (case.description, case.reporter, case.unit) == ("墙角有垃圾", streets.patroller, streets.unit_a)
    assert case.photos.count() == 1
    assert Answer.objects.count() == 1


def test_a_no_that_was_fixed_on_the_spot_opens_no_case_and_keeps_both_photos(streets, patrol):
    given = say(streets, patrol, "no", fixed_on_spot=True, photo=photo(), after_photo=photo("green"))
    assert given.fixed_on_spot and given.case is None
    assert not Case.objects.exists()
    assert sorted(AnswerPhoto.objects.values_list("stage", flat=True)) == ["after", "before"]
    assert say(streets, patrol).fixed_on_spot is False


def test_an_answer_may_be_corrected_until_a_case_hangs_on_it(streets, patrol):
    assert say(streets, patrol, "na").pk == say(streets, patrol, "yes").pk
    say(streets, patrol, "no")
    with pytest.raises(Refused):
        say(streets, patrol, "yes")
    with pytest.raises(Refused):
        say(streets, patrol, "no", fixed_on_spot=True)
    assert Answer.objects.get().value == "no"


def test_a_standard_that_asks_for_a_photo_gets_one_with_a_no(streets, patrol):
    with pytest.raises(Refused):
        say(streets, patrol, "no", item=streets.whole)
    assert not Case.objects.exists()
    assert say(streets, patrol, "no", item=streets.whole, photo=photo()).case


def test_a_bad_photo_leaves_nothing_half_written(streets, patrol):
    with pytest.raises(ValidationError):
        say(streets, patrol, "no", photo=SimpleUploadedFile("a.jpg", b"not a photo"))
    assert not Answer.objects.exists() and not Case.objects.exists()


@pytest.mark.parametrize("value", ["", "maybe", "YES", None])
def test_only_the_three_answers_are_answers(streets, patrol, value):
    with pytest.raises(Refused):
        say(streets, patrol, value)


def test_points_and_standards_of_other_plans_are_refused(streets, patrol):
    streets.plan.points.remove(streets.points[1])
    with pytest.raises(Refused):
        patrols.answer(patrol, streets.points[1], streets.clean, "yes", by=streets.patroller)
    other = streets.checklist
    other.pk, other.edition = None, "2021"
    other.save()
    streets.clean.checklist = other
    with pytest.raises(Refused):
        say(streets, patrol)


def test_a_point_that_was_given_up_is_no_longer_walked(streets, patrol):
    streets.points[1].until = DAY
    streets.points[1].save()
    assert {line.point for line in patrols.lines(patrol)} == {streets.point}


# --- True time ---------------------------------------------------------------------------------------
def test_a_draft_that_was_sent_later_keeps_its_true_time(streets, patrol, clock):
    clock.move_to(at(13))
    assert say(streets, patrol, answered_at=at(10, 20)).answered_at == at(10, 20)


@pytest.mark.parametrize(
    ("now", "seen"),
    [
        (at(9, 30), at(9, 40)),  # in the future
        (at(9, 30), at(9, 30, DAY - timedelta(days=1))),  # the day before
        (at(13, 0, DAY + timedelta(days=1)), at(10)),  # sent more than a day late
        (at(9, 30, DAY + timedelta(days=1)), at(9, 20, DAY + timedelta(days=1))),  # seen the day after
    ],
)
def test_times_that_cannot_be_true_are_refused(streets, patrol, clock, now, seen):
    clock.move_to(now)
    with pytest.raises(Refused):
        say(streets, patrol, answered_at=seen)


# --- The end -------------------------------------------------------------------------------------------
def test_a_patrol_with_gaps_is_not_finished_and_the_gaps_are_named(streets, patrol):
    say(streets, patrol)
    with pytest.raises(Refused) as refusal:
        patrols.finish(patrol, by=streets.patroller)
    assert streets.point.name in str(refusal.value) and streets.points[1].name in str(refusal.value)
    patrol.refresh_from_db()
    assert patrol.state == "due"


def test_a_finished_patrol_stays_as_it_is(streets, patrol, clock):
    answer_all(streets, patrol)
    done = patrols.finish(patrol, by=streets.patroller)
    assert (done.state, done.done_at) == ("done", at(9, 30))
    assert patrols.finish(patrol, by=streets.patroller).done_at == done.done_at
    with pytest.raises(Refused):
        say(streets, patrol, "no")
    with pytest.raises(Refused):
        patrols.miss(patrol, "下雨", streets.patroller)
    clock.move_to(at(23))
    assert patrols.note_missed() == 0


def test_a_missed_patrol_stays_missed(streets, patrol, clock):
    clock.move_to(at(11, 1))
    assert patrols.note_missed() == 1
    assert patrols.note_missed() == 0
    with pytest.raises(Refused):
        say(streets, patrol)
    with pytest.raises(Refused):
        patrols.finish(patrol, by=streets.patroller)
    assert patrols.miss(patrol, "暴雨停巡", streets.patroller).missed_because == "暴雨停巡"


def test_a_window_that_is_still_open_is_not_missed(streets, patrol, clock):
    clock.move_to(at(10, 59))
    assert patrols.note_missed() == 0


def test_what_was_walked_in_time_and_sent_from_a_dead_spot_afterwards_is_done(streets, patrol, clock):
    clock.move_to(at(12))
    patrols.note_missed()
    answer_all(streets, patrol, answered_at=at(10, 30))
    done = patrols.finish(patrol, by=streets.patroller)
    assert (done.state, done.done_at) == ("done", patrol.ends_at)


def test_what_was_walked_too_late_is_not_done_whether_it_was_noted_or_not(streets, patrol, clock):
    clock.move_to(at(11, 30))
    answer_all(streets, patrol)
    with pytest.raises(Refused):
        patrols.finish(patrol, by=streets.patroller)


def test_the_reason_of_a_miss_is_a_sentence_and_the_future_cannot_be_missed(streets, patrol):
    for because in ("", "  ", "长" * 121):
        with pytest.raises(Refused):
            patrols.miss(patrol, because, streets.patroller)
    with pytest.raises(Refused):
        patrols.miss(Patrol.objects.get(day=DAY + timedelta(days=1)), "下雨", streets.zone_leader)


def test_the_patrols_case_can_be_verified_by_its_patroller(streets, patrol):
    case = say(streets, patrol, "no").case
    cases.move(case, "report_back", by=streets.liaison_a, photo=photo())
    assert cases.move(case, "verify", by=streets.patroller).state == "closed"
