"""Putting a case on file: once for a form, with its place filled in, and nothing foreign in it."""

import datetime
import uuid

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from campaign.errors import Refused
from campaign.recurrence import SHANGHAI
from grids import cases
from grids.models import Case, CaseEvent, CasePhoto, Zone
from grids.workflow import State
from tests.cast import SINCE
from tests.grids.conftest import photo

NOW = datetime.datetime(2026, 11, 4, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def opened(streets, **given) -> Case:
    usual = {
        "committee": streets.huguo,
        "community": streets.a,
        "category": streets.litter,
        "description": "路边有垃圾",
        "source": "resident",
    }
    return cases.open(**{**usual, **given})


def test_a_residents_case_waits_to_be_filed_and_its_zone_is_known(streets):
    case = opened(streets, photo=photo(), address="南屏街1号")
    assert (case.state, case.zone, case.unit) == (State.RECEIVED, streets.zone, None)
    assert case.events.get().move == "report"
    assert case.photos.get().stage == CasePhoto.Stage.BEFORE
    assert (case.reported_on, case.due_at) == (NOW.date(), None)


def test_a_case_of_a_community_in_several_zones_goes_to_the_first_that_stands(streets):
    Zone.objects.create(
        committee=streets.huguo, number=0, name="旧区", since=SINCE, until=NOW.date()
    ).communities.add(streets.a)
    Zone.objects.create(committee=streets.huguo, number=2, name="二区", since=SINCE).communities.add(
        streets.a
    )
    assert opened(streets).zone == streets.zone


def test_a_point_gives_its_zone_address_and_coordinates(streets):
    streets.point.address, streets.point.longitude, streets.point.latitude = (
        "头道巷3号",
        "102.710000",
        "25.040000",
    )
    streets.point.save()
    streets.point.refresh_from_db()
    case = opened(streets, point=streets.point)
    assert (case.zone, case.address, case.latitude) == (streets.zone, "头道巷3号", streets.point.latitude)


def test_a_patrols_case_goes_to_its_unit_at_once_by_nobodys_hand(streets):
    case = opened(streets, source="patrol", by=streets.patroller, point=streets.point)
    assert (case.state, case.unit) == (State.DISPATCHED, streets.unit_a)
    assert [(event.move, event.by) for event in case.events.all()] == [
        ("report", streets.patroller),
        ("dispatch", None),
    ]


def test_where_the_category_names_no_unit_the_points_unit_gets_it_and_one_that_left_does_not(streets):
    assert cases.route(streets.paving, streets.point, streets.a) == streets.unit_a
    assert cases.route(streets.paving, None, streets.a) is None
    streets.unit_a.until = NOW.date()
    streets.unit_a.save()
    for part in (streets.litter, streets.point):
        part.refresh_from_db()
    assert cases.route(streets.litter, streets.point, streets.a) is None


def test_the_same_form_sent_twice_is_one_case(streets):
    key = uuid.uuid4()
    first = opened(streets, form_key=key, photo=photo())
    again = opened(streets, form_key=key, photo=photo("blue"), description="又点了一次")
    assert first == again
    assert (Case.objects.count(), CaseEvent.objects.count(), CasePhoto.objects.count()) == (1, 1, 1)


def test_a_form_key_of_another_person_or_street_opens_nothing_and_shows_nothing(streets):
    key = uuid.uuid4()
    opened(streets, form_key=key, by=streets.patroller)
    for given in ({"by": streets.stranger}, {"by": None}):
        with pytest.raises(Refused):
            opened(streets, form_key=key, **given)
    assert Case.objects.count() == 1


@pytest.mark.parametrize("part", ["community", "zone", "point", "category", "unit"])
def test_parts_of_another_street_are_refused(streets, part):
    streets.zone.committee = streets.point.committee = streets.litter.committee = streets.other
    foreign = {
        "community": streets.far,
        "zone": streets.zone,
        "point": streets.point,
        "category": streets.litter,
        "unit": streets.unit_far,
    }
    usual = {} if part == "category" else {"category": streets.paving}
    with pytest.raises(Refused):
        opened(streets, **usual, **{part: foreign[part]})
    assert not Case.objects.exists()


def test_a_point_of_another_community_is_refused(streets):
    with pytest.raises(Refused):
        opened(streets, community=streets.b, point=streets.point)


@pytest.mark.parametrize(
    "given",
    [
        {"description": ""},
        {"description": "   \n "},
        {"description": "长" * 501},
        {"longitude": 181},
        {"latitude": -91},
        {"reporter_phone": "12345"},
        {"source": "rumour"},
        {"address": "长" * 121},
        {"photo": SimpleUploadedFile("a.jpg", b"<svg/>")},
    ],
)
def test_values_that_cannot_be_stored_are_a_sentence_and_nothing_is_written(streets, given):
    with pytest.raises(ValidationError):
        opened(streets, **given)
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("official", True),
        ("secretary_a", True),
        ("zone_leader", True),
        ("secretary_b", False),
        ("liaison_b", False),
        ("stranger", False),
        ("official_far", False),
    ],
)
def test_the_office_enters_cases_within_its_reach(streets, who, may):
    by = getattr(streets, who)
    if may:
        assert opened(streets, source="office", by=by).reporter == by
    else:
        with pytest.raises(Refused):
            opened(streets, source="office", by=by)


def test_the_same_photo_twice_is_kept_once(streets):
    case = opened(streets, photo=photo())
    cases.add_photo(case, photo(), CasePhoto.Stage.BEFORE)
    assert case.photos.count() == 1


def test_others_hear_of_it_only_after_it_is_safe(streets, django_capture_on_commit_callbacks):
    from grids.signals import case_moved

    heard = []

    def listen(sender, **said):
        heard.append((said["case_id"], said["move"]))

    case_moved.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            case = opened(streets, source="patrol", by=streets.patroller, point=streets.point)
            assert heard == []
        assert heard == [(case.pk, "report"), (case.pk, "dispatch")]
    finally:
        case_moved.disconnect(listen)
