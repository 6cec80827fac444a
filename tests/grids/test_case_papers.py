"""Beside a case: requests and their answers, the owner one proposes, what proves a closing, notes, re-checks."""

import datetime
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from rest_framework.test import APIClient

from campaign.errors import Refused
from campaign.models import Appointment
from campaign.recurrence import SHANGHAI
from grids import cases, todos
from grids.models import Case, CaseApplication, CaseEvent, CaseNote, CasePhoto, CaseRoute, CaseRules, Recheck
from grids.workflow import MOVES, State
from tests.cast import SINCE, appoint, person
from tests.grids.conftest import photo

NOW = datetime.datetime(2026, 11, 4, 10, 0, tzinfo=SHANGHAI)  # a Wednesday


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def opened(streets, **given) -> Case:
    usual = {
        "committee": streets.huguo, "community": streets.a, "category": streets.litter,
        "description": "路边有垃圾", "source": "resident", "photo": photo(),
    }  # fmt: skip
    return cases.open(**{**usual, **given})


def dispatched(streets) -> Case:
    return cases.move(opened(streets), "dispatch", by=streets.official, unit=streets.unit_a)


def code_of(call, *args, **given) -> str:
    with pytest.raises(Refused) as refusal:
        call(*args, **given)
    return refusal.value.code


# --- Requests ----------------------------------------------------------------------------------------
def test_a_handler_asks_for_more_time_and_who_dispatches_grants_it_with_a_reason(streets):
    case = dispatched(streets)
    until = case.due_at + timedelta(days=2)
    case = cases.move(case, "ask_extension", by=streets.liaison_a, note="配件未到", due_at=until)
    asked = case.applications.get()
    assert (asked.kind, asked.state, asked.by, asked.until) == (
        "extension",
        "pending",
        streets.liaison_a,
        until,
    )
    assert case.due_at < until
    granted = until - timedelta(days=1)  # less than was asked for
    case = cases.move(case, "extend", by=streets.official, note="同意一天", due_at=granted)
    asked.refresh_from_db()
    assert case.due_at == granted
    assert (asked.state, asked.answered_by, asked.answer) == ("granted", streets.official, "同意一天")


def test_a_refused_request_changes_nothing_but_says_why(streets):
    case = dispatched(streets)
    due = case.due_at
    cases.move(case, "ask_suspension", by=streets.liaison_a, note="等产权单位")
    assert code_of(cases.move, case, "refuse_application", by=streets.official) == "needs_note"
    case = cases.move(case, "refuse_application", by=streets.official, note="可先清理")
    asked = case.applications.get()
    assert (case.state, case.due_at, asked.state, asked.answer) == (
        State.DISPATCHED,
        due,
        "refused",
        "可先清理",
    )
    assert code_of(cases.move, case, "refuse_application", by=streets.official, note="再") == "no_application"


def test_who_asked_does_not_answer_and_one_request_waits_at_a_time(streets):
    case = dispatched(streets)
    cases.move(case, "ask_suspension", by=streets.zone_leader, note="等产权单位")
    for name in ("suspend", "refuse_application"):
        assert code_of(cases.move, case, name, by=streets.zone_leader, note="同意") == "second_person"
    assert code_of(cases.move, case, "ask_suspension", by=streets.liaison_a, note="也要") == "pending"
    assert cases.move(case, "suspend", by=streets.official, note="同意").state == State.SUSPENDED


def test_whoever_handles_a_case_gives_itself_no_time(streets):
    case = cases.move(dispatched(streets), "accept", by=streets.zone_leader)
    later = case.due_at + timedelta(days=1)
    assert (
        code_of(cases.move, case, "extend", by=streets.zone_leader, note="x", due_at=later) == "second_person"
    )
    assert MOVES["ask_extension"] in cases.allowed(case, streets.zone_leader)


def test_a_request_lapses_when_the_case_leaves_its_unit_and_stays_while_it_is_taken_up(streets, clock):
    case = dispatched(streets)
    cases.move(case, "ask_suspension", by=streets.liaison_a, note="等产权单位")
    case = cases.move(case, "accept", by=streets.liaison_a)
    assert case.applications.get().state == "pending"
    clock.shift(60)
    case = cases.move(case, "report_back", by=streets.liaison_a, photo=photo("green"))
    asked = case.applications.get()
    assert (asked.state, asked.answered_by) == ("lapsed", None)


def test_the_streets_rules_say_how_often_and_the_latest_rules_hold(streets):
    CaseRules.objects.create(committee=streets.huguo, since=SINCE, most_extensions=0, most_suspensions=0)
    CaseRules.objects.create(committee=streets.huguo, since=NOW.date(), most_extensions=1)
    CaseRules.objects.create(committee=streets.huguo, since=NOW.date() + timedelta(days=1), most_extensions=0)
    case = dispatched(streets)
    for day in (1, 2):
        given = {"note": "延", "due_at": case.due_at + timedelta(days=day)}
        if day == 1:
            case = cases.move(case, "extend", by=streets.official, **given)
        else:
            for name, by in (("extend", streets.official), ("ask_extension", streets.liaison_a)):
                assert code_of(cases.move, case, name, by=by, **given) == "used_up"
    assert MOVES["extend"] not in cases.allowed(case, streets.official)
    assert MOVES["suspend"] in cases.allowed(case, streets.official)


def test_the_database_lets_one_request_wait(streets):
    case = dispatched(streets)
    row = {"case": case, "kind": "extension", "by": streets.liaison_a, "at": NOW, "reason": "x"}
    CaseApplication.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseApplication.objects.create(**row)


def test_who_may_answer_has_it_among_the_to_dos_and_who_asked_has_not(streets):
    case = dispatched(streets)
    cases.move(case, "ask_suspension", by=streets.zone_leader, note="等产权单位")

    def waiting(user) -> int:
        found = todos.of_those_who_answer_for_cases(user)
        return sum(one.count for one in found if one.url.endswith("?show=asking"))

    assert (waiting(streets.official), waiting(streets.zone_leader)) == (1, 0)
    browser = Client()
    browser.force_login(streets.official)
    assert case.code in browser.get("/cases/?show=asking").content.decode()


# --- Whose it is -----------------------------------------------------------------------------------------
def test_a_return_names_the_owner_who_is_then_proposed_until_the_dispatch(streets):
    case = dispatched(streets)
    given = {"by": streets.liaison_a, "note": "不属本单位"}
    assert code_of(cases.move, case, "return", **given) == "needs_proposed_unit"
    assert code_of(cases.move, case, "return", unit=streets.unit_a, **given) == "proposed_unit"
    assert code_of(cases.move, case, "return", unit=streets.unit_far, **given) == "foreign"
    case = cases.move(case, "return", unit=streets.unit_b, **given)
    assert cases.proposal_for(case).unit == streets.unit_b
    case = cases.move(
        case, "dispatch", by=streets.official, unit=streets.unit_b
    )  # as proposed: no reason asked
    assert (case.unit, case.proposed_unit) == (streets.unit_b, None)
    assert cases.proposal_for(case).unit == streets.unit_a


def test_a_dispatch_against_the_rules_says_why_and_history_keeps_whom_they_named(streets):
    CaseRoute.objects.create(
        committee=streets.huguo, category=streets.litter, community=streets.a, unit=streets.unit_b
    )
    case = opened(streets)
    refused = code_of(cases.move, case, "dispatch", by=streets.official, unit=streets.unit_a)
    assert refused == "needs_override_reason"
    case = cases.move(case, "dispatch", by=streets.official, unit=streets.unit_a, note="乙单位正在迁址")
    event = case.events.last()
    assert (event.unit, event.proposed_unit, event.note) == (streets.unit_a, streets.unit_b, "乙单位正在迁址")


# --- What proves a closing ----------------------------------------------------------------------------------
def test_the_photo_of_afterwards_is_a_new_one_and_later_than_that_of_before(streets, clock):
    case = dispatched(streets)
    by = streets.liaison_a
    assert code_of(cases.move, case, "report_back", by=by, photo=photo()) == "photo_again"
    reported = cases.move(
        case, "report_back", by=by, photo=photo("green")
    )  # in the same moment as the one before
    assert code_of(cases.move, reported, "verify", by=streets.official) == "photo_too_old"
    CasePhoto.objects.filter(case=case, stage="after").update(taken_at=NOW + timedelta(minutes=1))
    assert cases.move(reported, "verify", by=streets.official).state == State.CLOSED


def test_after_rework_the_old_photo_proves_nothing(streets, clock):
    case = dispatched(streets)
    clock.shift(60)
    case = cases.move(case, "report_back", by=streets.liaison_a, photo=photo("green"))
    clock.shift(60)
    case = cases.move(case, "rework", by=streets.official, note="再清")
    assert (
        code_of(cases.move, case, "report_back", by=streets.liaison_a, photo=photo("green")) == "photo_again"
    )
    clock.shift(60)
    case = cases.move(case, "report_back", by=streets.liaison_a, photo=photo("white"))
    assert cases.move(case, "verify", by=streets.official).state == State.CLOSED


def test_no_photo_is_later_than_its_arrival(streets):
    case = opened(streets)
    row = cases.add_photo(case, photo("blue"), "during", now=NOW + timedelta(days=3))
    assert (row.taken_at, row.received_at) == (NOW, NOW)
    row = cases.add_photo(case, photo("white"), "during", now=NOW - timedelta(hours=3))
    assert (row.taken_at, row.received_at) == (NOW - timedelta(hours=3), NOW)


# --- Notes ------------------------------------------------------------------------------------------------------
def test_a_note_is_for_colleagues_unless_it_is_shown_to_the_reporter(streets):
    case = dispatched(streets)
    cases.note(case, "内部：先联系物业", by=streets.liaison_a)
    cases.note(case, "已安排人员到场", by=streets.official, public=True)
    told = Client().get(f"/cases/{case.code}/").content.decode()
    assert "已安排人员到场" in told
    assert "先联系物业" not in told and streets.official.name not in told


@pytest.mark.parametrize(
    ("who", "given", "code"),
    [
        ("stranger", {}, "role"),
        ("secretary_b", {}, "role"),
        ("liaison_a", {"public": True}, "role"),
        ("official", {"text": "  "}, "needs_text"),
        ("official", {"text": "长" * 501}, "note_too_long"),
        ("official", {"public": True, "text": "请打12000000001"}, "personal_data"),
    ],
)
def test_what_no_note_may_be(streets, who, given, code):
    case = dispatched(streets)
    said = {"text": "一句话", **given}
    assert code_of(cases.note, case, by=getattr(streets, who), **said) == code
    assert not CaseNote.objects.exists()


def test_the_same_form_is_one_note_and_one_photo(streets):
    case, key = dispatched(streets), uuid.uuid4()
    for _twice in range(2):
        cases.note(case, "正在清理", by=streets.liaison_a, photo=photo("blue"), form_key=key)
    assert case.notes.count() == 1
    assert case.photos.get(stage="during").by == streets.liaison_a
    assert code_of(cases.note, case, "别人", by=streets.official, form_key=key) == "form_key"


# --- Looking again --------------------------------------------------------------------------------------------------
def closed(streets, clock, **rules) -> Case:
    CaseRules.objects.create(committee=streets.huguo, since=SINCE, draw_key="k", **rules)
    case = dispatched(streets)
    clock.shift(60)
    case = cases.move(case, "report_back", by=streets.liaison_a, photo=photo("green"))
    return cases.move(case, "verify", by=streets.zone_leader)


def test_of_all_closings_the_draw_takes_its_share_and_is_the_same_whenever_it_is_made():
    lots = [cases.rechecks.lot_of("key", f"CASE{number}", 1) for number in range(20_000)]
    assert lots == [cases.rechecks.lot_of("key", f"CASE{number}", 1) for number in range(20_000)]
    drawn = sum(cases.rechecks.is_drawn(lot, 5) for lot in lots)
    assert 900 < drawn < 1100
    other = [cases.rechecks.lot_of("other", f"CASE{number}", 1) for number in range(200)]
    assert other != lots[:200]


def test_a_drawn_case_falls_to_somebody_who_had_no_part_in_it(streets, clock):
    case = closed(streets, clock, recheck_percent=100)
    row = case.rechecks.get()
    assert row.checker == streets.secretary_a  # the official dispatched, the leader verified
    assert row.lot == cases.rechecks.lot_of("k", case.code, 1).number
    assert not Recheck.objects.visible_to(streets.liaison_a).exists()
    assert MOVES["recheck_stays"] in cases.allowed(case, streets.secretary_a)
    for other in (streets.official, streets.zone_leader, streets.root):
        assert code_of(cases.move, case, "recheck_stays", by=other) == "recheck"
    before = (case.closed_at, case.closed_in_time)
    case = cases.move(case, "recheck_stays", by=streets.secretary_a, now=NOW + timedelta(days=3))
    assert (case.state, case.closed_at, case.closed_in_time) == (State.CLOSED, *before)
    assert case.rechecks.get().state == "stays"
    assert code_of(cases.move, case, "recheck_stays", by=streets.secretary_a) == "recheck"


def test_a_re_check_that_fails_opens_the_case_and_the_next_closing_is_drawn_anew(streets, clock):
    case = closed(streets, clock, recheck_percent=100)
    clock.shift(60)
    case = cases.move(case, "recheck_reopens", by=streets.secretary_a, note="仍有残留")
    assert (case.state, case.unit, case.closed_at) == (State.FILED, None, None)
    assert case.rechecks.get().state == "reopened"
    case = cases.move(case, "dispatch", by=streets.zone_leader, unit=streets.unit_a)
    assert (
        code_of(cases.move, case, "report_back", by=streets.liaison_a, photo=photo("green")) == "photo_again"
    )
    clock.shift(60)
    case = cases.move(case, "report_back", by=streets.liaison_a, photo=photo("white"))
    case = cases.move(case, "verify", by=streets.zone_leader)
    assert list(case.rechecks.order_by("closing").values_list("closing", "state")) == [
        (1, "reopened"),
        (2, "due"),
    ]
    assert case.rechecks.get(closing=2).checker is None  # everybody of the place had a part in it by now


def test_reopened_before_it_was_looked_at_it_lapses(streets, clock):
    case = closed(streets, clock, recheck_percent=100)
    cases.move(case, "reopen", by=streets.official, note="又出现")
    assert case.rechecks.get().state == "lapsed"


def test_nothing_is_drawn_where_the_street_wants_none_and_a_street_without_rules_gets_a_key(streets, clock):
    case = closed(streets, clock, recheck_percent=0)
    assert not case.rechecks.exists()
    CaseRules.objects.all().delete()
    cases.move(case, "reopen", by=streets.official, note="又出现")
    cases.rechecks._rules(case)
    kept = CaseRules.objects.get()
    assert kept.recheck_percent == 5 and len(kept.draw_key) == 32
    assert cases.rechecks._rules(case).draw_key == kept.draw_key


def test_who_cannot_come_any_more_hands_it_on(streets, clock):
    new = appoint(person("演示专干"), "clerk", streets.huguo, streets.a)
    case = closed(streets, clock, recheck_percent=100)
    row = case.rechecks.get()
    first, other = row.checker, {streets.secretary_a: new, new: streets.secretary_a}[row.checker]
    Appointment.objects.filter(user=first).update(until=NOW.date())
    assert code_of(cases.rechecks.hand_on, row, by=streets.zone_leader) == "role"
    assert cases.rechecks.hand_on(row, by=streets.official).checker == other
    assert code_of(cases.rechecks.hand_on, row, by=streets.official) == "nobody"


# --- One door -----------------------------------------------------------------------------------------------------
def test_page_and_api_and_batch_make_the_same_move_by_the_same_verb(streets, monkeypatch):
    made = []
    real = cases.moving.writing.make

    def make(case, move, **given):
        made.append(move.name)
        return real(case, move, **given)

    monkeypatch.setattr(cases.moving.writing, "make", make)
    browser, api = Client(), APIClient()
    for client in (browser, api):
        client.force_login(streets.official)
    case = opened(streets)
    assert browser.post(f"/cases/{case.code}/moves/file/").status_code == 302
    body = {"move": "dispatch", "unit": streets.unit_a.pk}
    assert api.post(f"/api/v1/cases/{case.code}/moves/", body).status_code == 200
    refused = api.post(f"/api/v1/cases/{case.code}/moves/", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "state")
    assert browser.post(f"/cases/{case.code}/moves/file/").status_code == 409
    assert made == ["file", "dispatch"]
    assert list(CaseEvent.objects.filter(case=case).values_list("move", flat=True)) == [
        "report",
        "file",
        "dispatch",
    ]


def test_a_note_by_page_and_by_api_is_the_same_note(streets):
    case = dispatched(streets)
    browser, api = Client(), APIClient()
    for client in (browser, api):
        client.force_login(streets.official)
    given = {"text": "已安排", "public": "on", "form_key": str(uuid.uuid4())}
    assert browser.post(f"/cases/{case.code}/notes/", given).status_code == 302
    assert api.post(f"/api/v1/cases/{case.code}/notes/", {**given, "public": True}).status_code == 201
    assert case.notes.get().public
    wrong = browser.post(f"/cases/{case.code}/notes/", {"text": "", "form_key": str(uuid.uuid4())})
    assert wrong.status_code == 400


def test_the_page_offers_the_answer_to_a_request_first(streets):
    case = dispatched(streets)
    cases.move(case, "ask_suspension", by=streets.liaison_a, note="等产权单位")
    browser = Client()
    browser.force_login(streets.official)
    page = browser.get(f"/cases/{case.code}/")
    assert page.context["first"].move.name == "suspend"
    assert "等产权单位" in page.content.decode()
    browser.force_login(streets.liaison_a)
    assert browser.get(f"/cases/{case.code}/").context["first"].move.name == "report_back"


def test_the_list_of_re_checks_shows_what_waits_and_an_official_hands_on(streets, clock):
    appoint(person("演示专干"), "clerk", streets.huguo, streets.a)
    case = closed(streets, clock, recheck_percent=100)
    row, browser = case.rechecks.get(), Client()
    for who, seen in ((streets.official, True), (row.checker, True), (streets.secretary_b, False)):
        browser.force_login(who)
        assert (case.code in browser.get("/cases/rechecks/").content.decode()) is seen
    browser.force_login(streets.secretary_b)
    assert browser.post(f"/cases/rechecks/{row.pk}/hand-on/").status_code == 404
    browser.force_login(streets.official)
    assert browser.post(f"/cases/rechecks/{row.pk}/hand-on/").status_code == 302
    assert case.rechecks.get().checker != row.checker
