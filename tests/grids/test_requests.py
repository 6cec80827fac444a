"""What a reporter is owed: contact in time, a call-back when the case has ended, a new clock when not satisfied."""

import datetime
import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from campaign import tallies
from campaign.errors import Refused
from campaign.roles import Role
from grids import callbacks, cases, hotspots, requests
from grids.models import Case, Point, Request, RequestContact, RequestEvent
from tests.cast import SINCE, appoint, person

NOW = datetime.datetime(2026, 11, 25, 10, 0, tzinfo=timezone.get_default_timezone())
TODAY = NOW.date()


@pytest.fixture
def cast(streets: SimpleNamespace):
    with time_machine.travel(NOW, tick=False):
        streets.official_2 = appoint(person("第二官员"), Role.OFFICIAL, streets.huguo)
        yield streets


def reported(cast, *, phone: str = "12012345678", source: str = "resident", at=NOW, **given) -> Case:
    values = {"community": cast.a, "category": cast.litter, "description": "路边有垃圾", **given}
    return cases.open(committee=cast.huguo, source=source, reporter_phone=phone, now=at, **values)


def ended(cast, state: str = "closed", **given) -> Request:
    case = reported(cast, **given)
    Case.objects.filter(pk=case.pk).update(state=state, closed_at=NOW, closed_on=TODAY, unit=cast.unit_a)
    return Request.objects.get(case=case)


def call(request: Request, by, outcome: str = "reached", purpose: str = "callback", **given):
    if outcome == "reached" and purpose == "callback":
        given = {"solved": "yes", "satisfied": "yes", **given}
    return callbacks.contact(request, purpose=purpose, outcome=outcome, by=by, **given)


def counted(key: str) -> int:
    tallies.count_marked()
    return int(tallies.total(key, TODAY - timedelta(days=60), TODAY + timedelta(days=60)))


# --- Types and clocks ---------------------------------------------------------------------------------
def test_a_residents_case_is_a_request_of_the_usual_type_with_its_clocks(cast):
    request = reported(cast).request
    assert (request.type.code, request.type.is_usual) == ("general", True)
    assert (request.respond_by, request.due_by) == (NOW + timedelta(hours=24), NOW + timedelta(days=7))
    assert [type.limit_hours for type in requests.types_of(cast.huguo)] == [2, 24, 168, 360]
    assert reported(cast).request.type == request.type  # the usual four are written once


def test_a_category_that_a_type_names_has_that_type(cast):
    urgent = requests.types_of(cast.huguo)[0]
    urgent.categories.add(cast.litter)
    request = reported(cast).request
    assert (request.type, request.due_by) == (urgent, NOW + timedelta(hours=2))
    assert reported(cast, category=cast.paving).request.type.code == "general"


def test_a_patrols_or_the_offices_case_is_no_request(cast):
    case = cases.open(
        committee=cast.huguo, community=cast.a, category=cast.litter, description="垃圾", source="office",
        by=cast.official,
    )  # fmt: skip
    assert not Request.objects.filter(case=case).exists()


def test_who_left_no_number_is_owed_no_call_and_is_in_no_denominator(cast):
    request = reported(cast, phone="").request
    assert (request.state, request.respond_by) == (Request.State.NOBODY, None)
    assert not Request.objects.to_contact().exists()
    with pytest.raises(Refused):
        call(request, cast.official, purpose="response")
    assert counted("requests.response_due") == 0
    assert counted("requests.received") == 1


def test_the_type_can_change_until_somebody_has_spoken_to_the_reporter(cast):
    request = reported(cast).request
    urgent = requests.types_of(cast.huguo)[0]
    for stranger in (cast.secretary_b, cast.patroller, cast.official_far, cast.liaison_a):
        with pytest.raises(Refused):
            requests.retype(request, urgent, by=stranger)
    request = requests.retype(request, urgent, by=cast.secretary_a)
    assert request.respond_by == NOW + timedelta(hours=2)
    assert RequestEvent.objects.filter(what="retyped").get().by == cast.secretary_a
    call(request, cast.official, purpose="response")
    with pytest.raises(Refused) as refusal:
        requests.retype(request, requests.types_of(cast.huguo)[1], by=cast.official)
    assert refusal.value.code == "responded"


# --- Contact in time -------------------------------------------------------------------------------------
def test_the_response_is_in_time_when_the_reporter_was_reached_and_not_when_merely_called(cast):
    first, second = reported(cast).request, reported(cast).request
    call(first, cast.secretary_a, "no_answer", "response")
    assert counted("requests.responded_in_time") == 0
    call(first, cast.secretary_a, purpose="response", now=NOW + timedelta(hours=24))
    call(second, cast.official, purpose="response", now=NOW + timedelta(hours=24, seconds=1))
    assert [Request.objects.get(pk=one.pk).responded_in_time for one in (first, second)] == [True, False]
    assert (counted("requests.responded_in_time"), counted("requests.response_due")) == (1, 2)


def test_late_is_who_was_not_contacted_and_still_could_be(cast):
    request = reported(cast, at=NOW - timedelta(days=2)).request
    assert list(Request.objects.late()) == [request]
    assert request.is_late
    call(request, cast.official, purpose="response")
    assert not Request.objects.late().exists()


# --- Call-back -------------------------------------------------------------------------------------------
def test_no_answer_satisfies_nobody_and_only_so_many_tries_are_made(cast, settings):
    settings.CALLBACK_ATTEMPTS = 2
    request = ended(cast)
    assert list(Request.objects.to_call_back()) == [request]
    call(request, cast.official, "no_answer", satisfied="yes", solved="yes")
    call(request, cast.official, "declined")
    request.refresh_from_db()
    assert (request.state, request.attempts) == (Request.State.UNREACHED, 2)
    with pytest.raises(Refused) as refusal:
        call(request, cast.official)
    assert refusal.value.code == "called_back"
    assert (counted("requests.call_backs"), counted("requests.satisfied")) == (0, 0)
    assert RequestContact.objects.exclude(satisfied="").count() == 0


def test_a_wrong_number_is_not_called_again(cast):
    request = ended(cast)
    call(request, cast.official, "wrong")
    assert Request.objects.get(pk=request.pk).state == Request.State.UNREACHED


def test_the_rates_have_the_valid_call_backs_below_the_line(cast):
    opinions = [("yes", "yes"), ("yes", "mostly"), ("partly", "none"), ("partly", "mostly"), ("no", "no")]
    for solved, satisfied in opinions:
        call(ended(cast), cast.official, solved=solved, satisfied=satisfied)
    call(ended(cast), cast.official, "no_answer")
    assert counted("requests.call_backs") == 5
    assert counted("requests.solved") == 2
    assert counted("requests.satisfied") == 3
    assert tallies.audit() == []


def test_a_dissatisfied_reporter_has_the_case_reopened_with_a_new_clock(cast):
    request = ended(cast, at=NOW - timedelta(days=20))
    call(request, cast.official, solved="partly", satisfied="no", note="第二天又堆满")
    request.refresh_from_db()
    case = request.case
    assert case.state == "filed"
    assert "第二天又堆满" in case.events.last().note
    assert (request.state, request.round, request.attempts) == (Request.State.OPEN, 2, 0)
    assert request.due_by == NOW + timedelta(days=7)
    assert not Request.objects.to_call_back().exists()
    Case.objects.filter(pk=case.pk).update(state="closed", closed_at=NOW, closed_on=TODAY)
    call(request, cast.official)
    assert (counted("requests.call_backs"), counted("requests.satisfied")) == (2, 1)


@pytest.mark.parametrize(
    ("state", "solved", "satisfied", "again"),
    [("closed", "no", "mostly", True), ("not_fixed", "no", "mostly", False), ("not_fixed", "no", "no", True),
     ("closed", "partly", "none", False), ("closed", "yes", "yes", False)],
)  # fmt: skip
def test_when_a_case_is_taken_up_again(cast, state, solved, satisfied, again):
    request = ended(cast, state)
    call(request, cast.official, solved=solved, satisfied=satisfied)
    assert (Case.objects.get(pk=request.case_id).state == "filed") is again


def test_a_case_that_the_office_reopens_is_asked_about_again(cast):
    request = ended(cast)
    call(request, cast.official)
    cases.move(request.case, "reopen", by=cast.official, note="复查发现未彻底")
    request.refresh_from_db()
    assert (request.state, request.round) == (Request.State.OPEN, 2)


def test_a_failed_reopening_leaves_no_record_of_the_call(cast, monkeypatch):
    request = ended(cast)
    monkeypatch.setattr(cases, "move", lambda *args, **given: (_ for _ in ()).throw(Refused("no", "no")))
    with pytest.raises(Refused):
        call(request, cast.official, solved="no", satisfied="no")
    assert not RequestContact.objects.exists()
    assert Request.objects.get(pk=request.pk).state == Request.State.OPEN


@pytest.mark.parametrize(
    ("who", "response", "callback"),
    [("official", True, True), ("zone_leader", True, True), ("secretary_a", True, False), ("liaison_a", True, False),
     ("secretary_b", False, False), ("patroller", False, False), ("official_far", False, False), ("stranger", False, False)],
)  # fmt: skip
def test_who_calls(cast, who, response, callback):
    for purpose, may in (("response", response), ("callback", callback)):
        request = ended(cast) if purpose == "callback" else reported(cast).request
        Case.objects.filter(pk=request.case_id).update(unit=cast.unit_a)
        request = Request.objects.get(pk=request.pk)
        user = getattr(cast, who)
        assert callbacks.may_record(request, purpose, user) is may
        if may:
            assert call(request, user, purpose=purpose).by == user
        else:
            with pytest.raises(Refused):
                call(request, user, purpose=purpose)


def test_whoever_handled_the_case_does_not_ask_whether_it_was_well_done(cast):
    request = ended(cast)
    Case.objects.filter(pk=request.case_id).update(handler=cast.zone_leader)
    with pytest.raises(Refused) as refusal:
        call(request, cast.zone_leader)
    assert refusal.value.code == "second_person"


def test_a_call_of_the_wrong_kind_or_without_an_opinion_is_refused(cast):
    open_, done = reported(cast).request, ended(cast)
    for request, given, code in (
        (open_, {}, "case_open"),
        (done, {"purpose": "response"}, "case_ended"),
        (done, {"solved": ""}, "needs_opinion"),
        (done, {"satisfied": "very"}, "needs_opinion"),
        (done, {"outcome": "shouted"}, "outcome"),
        (done, {"note": "长" * 301}, "note_too_long"),
    ):
        with pytest.raises(Refused) as refusal:
            call(request, cast.official, **given)
        assert refusal.value.code == code
    assert not RequestContact.objects.exists()


def test_a_call_sent_twice_is_one_call(cast):
    request, key = ended(cast), uuid.uuid4()
    assert call(request, cast.official, form_key=key) == call(request, cast.official, form_key=key)
    assert RequestContact.objects.count() == 1


def test_the_database_itself_knows_that_no_answer_is_no_opinion(cast):
    request = ended(cast)
    common = {"request": request, "by": cast.official, "at": NOW, "day": TODAY, "purpose": "callback"}
    for wrong in ({"outcome": "no_answer", "satisfied": "yes", "solved": "yes"}, {"outcome": "reached"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RequestContact.objects.create(**common, **wrong)


def test_a_call_back_is_excluded_by_another_official_with_a_reason_and_stays_on_record(cast):
    made = call(ended(cast), cast.official, solved="no", satisfied="no")
    assert counted("requests.call_backs") == 1
    for by, reason in (
        (cast.official, "非本街道职责"),
        (cast.official_2, " "),
        (cast.secretary_a, "非本街道职责"),
    ):
        with pytest.raises(Refused):
            callbacks.exclude(made, by=by, reason=reason)
    for _twice in range(2):
        assert callbacks.exclude(made, by=cast.official_2, reason="经核实不属街道职责").excluded
    assert counted("requests.call_backs") == 0
    assert RequestEvent.objects.filter(what="excluded").count() == 1
    assert tallies.audit() == []


# --- Hot spots and finding first -----------------------------------------------------------------------
def test_what_was_found_first_is_a_share_of_what_was_found_or_complained_of(cast):
    reported(cast)
    reported(cast, source="patrol", phone="", point=cast.point)
    cases.open(committee=cast.huguo, community=cast.a, category=cast.litter, description="x", source="office",
               by=cast.official)  # fmt: skip
    assert (counted("requests.found_first"), counted("requests.found_or_complained")) == (1, 2)


def test_a_spot_is_hot_with_so_many_cases_of_a_category_within_so_many_days(cast):
    for back in (0, 1, 29):
        reported(cast, at=NOW - timedelta(days=back), point=cast.point)
    reported(cast, at=NOW - timedelta(days=30), point=cast.point)  # too long ago
    reported(cast, point=cast.point, category=cast.paving)
    reported(cast, community=cast.b)
    dead = reported(cast, point=cast.point)
    Case.objects.filter(pk=dead.pk).update(state="withdrawn")
    (spot,) = hotspots.find(cast.official)
    assert (spot.point, spot.category, spot.cases, spot.complaints, spot.open) == (
        cast.point,
        cast.litter,
        3,
        3,
        3,
    )
    assert (spot.first, spot.last) == (TODAY - timedelta(days=29), TODAY)
    assert hotspots.find(cast.official, cases=4) == []
    assert hotspots.find(cast.official, days=10) == []
    assert hotspots.find(cast.secretary_b) == []
    assert len(hotspots.find(cast.secretary_a)) == 1


@pytest.mark.parametrize(("days", "hot"), [(1, True), (30, True), (31, False)])
def test_a_spot_is_hot_when_what_was_fixed_is_back(cast, days, hot):
    fixed = reported(cast, point=cast.point, at=NOW - timedelta(days=80))
    at = NOW - timedelta(days=days)
    Case.objects.filter(pk=fixed.pk).update(
        state="closed", closed_at=at, closed_on=at.date(), unit=cast.unit_a
    )
    reported(cast, point=cast.point)
    found = hotspots.find(cast.official)
    assert [spot.came_back for spot in found] == ([1] if hot else [])


def test_without_a_point_it_is_back_at_the_same_address(cast):
    for address in ("文庙直街3号", ""):
        fixed = reported(cast, address=address, at=NOW - timedelta(days=40))
        Case.objects.filter(pk=fixed.pk).update(
            state="closed", closed_at=NOW - timedelta(days=2), unit=cast.unit_a
        )
    reported(cast, address="")
    reported(cast, address="文庙直街30号")
    assert hotspots.find(cast.official) == []
    reported(cast, address="文庙直街3号")
    (spot,) = hotspots.find(cast.official)
    assert (spot.community, spot.point, spot.cases, spot.came_back) == (cast.a, None, 3, 1)


def test_points_are_told_apart(cast):
    other = Point.objects.create(
        committee=cast.huguo,
        community=cast.a,
        zone=cast.zone,
        type=cast.point.type,
        name="另一处",
        since=SINCE,
    )
    for _twice in range(2):
        reported(cast, point=cast.point)
        reported(cast, point=other)
    assert hotspots.find(cast.official) == []
    assert len(hotspots.find(cast.official, cases=2)) == 2
