"""One point, one sending: the same form again changes nothing, and what was seen keeps its own time."""

import datetime
import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from campaign.errors import Refused
from grids import patrols
from grids.checks import Said, check_point, seen_when
from grids.models import Answer, Case, Patrol, PointCheck
from grids.views.today import walker_of
from tests.grids.conftest import photo
from tests.grids.test_patrol_walk import at, clock, patrol
from tests.grids.test_streets_api import sender
from tests.grids.test_streets_page import client
from tests.processes import together

__all__ = ["clock", "patrol"]
KEY = uuid.UUID("5f6d8f56-0000-4000-8000-000000000009")


def sent(streets, patrol, value="yes", *, key=KEY, by=None, point=None, seen_at=None, **more):
    said = [Said(streets.clean, value, more)]
    by, point = by or streets.patroller, point or streets.point
    return check_point(patrol, point, said, by=by, form_key=key, seen_at=seen_at)


def test_the_same_sending_again_changes_nothing_whatever_became_of_the_answer(streets, patrol, clock):
    assert not sent(streets, patrol, "no", photo=photo()).again
    clock.shift(timedelta(minutes=5))
    sent(streets, patrol, "no", key=uuid.uuid4(), note="墙角也有")
    kept = Answer.objects.get()
    assert sent(streets, patrol, "no", photo=photo(), seen_at=at(9, 30)).again
    again = Answer.objects.get()
    assert (again.answered_at, again.note, again.case) == (kept.answered_at, "墙角也有", kept.case)
    assert Case.objects.count() == 1 and PointCheck.objects.count() == 2


def test_a_key_belongs_to_one_point_and_one_person(streets, patrol):
    sent(streets, patrol)
    with pytest.raises(Refused):
        sent(streets, patrol, point=streets.points[1])
    with pytest.raises(Refused):
        sent(streets, patrol, by=streets.zone_leader)


def test_a_sending_of_which_a_part_is_refused_leaves_nothing_and_its_key_free(streets, patrol):
    said = [Said(streets.clean, "yes"), Said(streets.whole, "no")]  # the second lacks its photo
    with pytest.raises(Refused):
        check_point(patrol, streets.point, said, by=streets.patroller, form_key=KEY)
    assert not Answer.objects.exists() and not PointCheck.objects.exists()
    assert not sent(streets, patrol).again


def test_an_older_draft_does_not_undo_what_was_seen_after_it(streets, patrol, clock):
    clock.move_to(at(10))
    sent(streets, patrol, "yes", by=streets.zone_leader)
    with pytest.raises(Refused) as refusal:
        sent(streets, patrol, "no", key=uuid.uuid4(), seen_at=at(9, 30))
    assert refusal.value.code == "newer"
    sent(streets, patrol, "yes", key=uuid.uuid4(), seen_at=at(9, 30))
    assert Answer.objects.get().answered_at == at(10)


def test_a_draft_noted_before_the_slot_is_refused(streets, patrol, clock):
    with pytest.raises(Refused):
        sent(streets, patrol, seen_at=at(8, 50))
    assert sent(streets, patrol, seen_at=at(9)).answers[0].answered_at == at(9)


def test_a_place_is_kept_with_a_finding_alone_and_only_if_given(streets, patrol):
    where = {"longitude": "102.712345", "latitude": "25.041234"}
    sent(streets, patrol, "yes", **where)
    assert Answer.objects.get().longitude is None
    sent(streets, patrol, "no", key=uuid.uuid4(), faults=3, **where)
    given = Answer.objects.get()
    assert (str(given.case.longitude), given.faults) == ("102.712345", 3)
    sent(streets, patrol, "no", key=uuid.uuid4(), point=streets.points[1])
    assert Answer.objects.get(point=streets.points[1]).longitude is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.filter(pk=given.pk).update(value="yes")


@pytest.mark.parametrize(
    ("seen", "sent_ms", "age"),
    [(1_000, 61_000, 60), (5_000, 4_000, 0), (10**13, 10**13 + 500, 0.5)],
)
def test_the_true_time_is_told_by_a_difference_whatever_the_phones_clock_says(seen, sent_ms, age):
    assert seen_when(seen, sent_ms, at(10)) == at(10) - timedelta(seconds=age)


def test_a_clock_that_was_set_back_is_no_true_time():
    assert seen_when(None, 5) is None and seen_when(5, None) is None
    for seen, sent_ms in ((10**12, 0), (0, 10**14)):
        with pytest.raises(Refused):
            seen_when(seen, sent_ms)


# --- The page, as the phone's script speaks to it ---------------------------------------------------
def by_script(scene, who, said, **more):
    address = reverse("grids:point_check", args=[scene.patrol.pk, scene.point.pk])
    given = {f"item{scene.clean.pk}-value": said, "form_key": str(uuid.uuid4()), **more}
    return client(who).post(address, given, headers={"X-Draft": "1"})


def test_the_script_is_told_what_the_page_would_show(scene):
    told = by_script(scene, scene.patroller, "no", walker=walker_of(scene.patroller))
    case = Case.objects.get(source="patrol")
    assert told.status_code == 200 and case.code in told.json()["said"]
    assert f'data-point="{scene.point.pk}"' in told.json()["row"] and told.json()["complete"] is False


def test_a_page_that_somebody_goes_back_to_is_no_repetition(scene):
    address = reverse("grids:point_check", args=[scene.patrol.pk, scene.point.pk])
    for value in ("yes", "na"):
        said = {f"item{scene.clean.pk}-value": value, "form_key": str(KEY)}
        assert client(scene.patroller).post(address, said).status_code == 302
    assert Answer.objects.get().value == "na"


def test_the_drafts_of_another_are_not_taken(scene):
    told = by_script(scene, scene.zone_leader, "no", walker=walker_of(scene.patroller))
    assert told.status_code == 401 and not Answer.objects.exists()
    assert walker_of(scene.patroller) != walker_of(scene.zone_leader)
    assert str(scene.patroller.pk) != walker_of(scene.patroller)


def test_a_refusal_is_a_sentence_and_not_a_page(scene):
    refused = by_script(scene, scene.patroller, "maybe")
    assert refused.status_code == 400 and refused.json()["refused"]
    assert by_script(scene, scene.secretary_a, "yes").json()["refused"]
    old = by_script(scene, scene.patroller, "yes", seen_ms="0", sent_ms=str(86_400_000 * 3))
    assert old.status_code == 409 and old.json()["refused"]
    assert not Answer.objects.exists()


def test_the_point_tells_its_score_and_a_veto_brings_it_to_nought(scene):
    scene.clean.max_score, scene.clean.veto = 5, True
    scene.clean.save()
    address = reverse("grids:point_check", args=[scene.patrol.pk, scene.point.pk])
    page = client(scene.patroller).get(address)
    assert "5" in page.content.decode() and "no-store" in page["Cache-Control"]
    said = {f"item{scene.clean.pk}-value": "yes", f"item{scene.whole.pk}-value": "yes"}
    row = client(scene.patroller).post(address, said, headers={"X-Draft": "1"}).json()["row"]
    assert "6" in row
    row = by_script(scene, scene.patroller, "no").json()["row"]
    assert "0" in row and "6" not in row.partition("<strong>")[2]


# --- The race ---------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_two_sendings_of_one_form_at_once_are_one(streets):
    now = datetime.datetime.now(tz=datetime.UTC)
    begun = Patrol.objects.create(
        plan=streets.plan, committee=streets.huguo, community=streets.a, zone=streets.zone,
        starts_at=now - timedelta(minutes=5), ends_at=now + timedelta(hours=1), day=patrols.timezone.localdate(),
        patroller=streets.patroller,
    )  # fmt: skip
    outcomes = together(4, lambda _number: len(sent(streets, begun, "no").answers))
    assert sorted(outcome.value for outcome in outcomes) == [0, 0, 0, 1]
    assert Case.objects.count() == PointCheck.objects.count() == Answer.objects.count() == 1


def test_without_its_receipt_a_repeated_draft_would_undo_a_later_answer(streets, patrol, clock, monkeypatch):
    """The control: the guard of the receipt taken out, the old sending is refused as if it were news."""
    sent(streets, patrol, "no", fixed_on_spot=True, photo=photo())
    clock.shift(timedelta(minutes=5))
    sent(streets, patrol, "yes", key=uuid.uuid4())
    assert sent(streets, patrol, "no", fixed_on_spot=True, photo=photo(), seen_at=at(9, 30)).again
    PointCheck.objects.all().delete()
    with pytest.raises(Refused):
        sent(streets, patrol, "no", fixed_on_spot=True, photo=photo(), seen_at=at(9, 30))


def test_a_program_sends_a_point_as_the_phone_does(scene):
    address = f"/api/v1/patrols/{scene.patrol.pk}/checks/"
    said = {
        "point": scene.point.pk,
        "answers": [
            {"item": scene.clean.pk, "value": "no", "note": "果皮"},
            {"item": scene.whole.pk, "value": "na"},
        ],
        "form_key": str(KEY),
    }
    assert sender(scene.patroller_b).post(address, said, "json").status_code == 404
    for _time in range(2):
        assert sender(scene.patroller).post(address, said, "json").status_code == 200
    assert Answer.objects.count() == 2 and PointCheck.objects.count() == 1
    assert sender(scene.patroller).post(address, said | {"answers": []}, "json").status_code == 400
    again = said | {"point": scene.points[1].pk}
    assert sender(scene.patroller).post(address, again, "json").status_code == 409
