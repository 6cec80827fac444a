"""The ladder: each rung once in a run, to whoever stands there, none after the end, one digest after a standstill."""

import datetime
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from campaign import calendar
from campaign.models import Appointment, OutboxMessage
from campaign.recurrence import SHANGHAI
from campaign.roles import Role
from grids import cases, ladder
from grids.models import Case, ClockRecord, Digest, Escalation, LadderRung, Reminder
from tests.grids.conftest import photo


def at(month, day, hour=10, minute=0):
    return datetime.datetime(2020, month, day, hour, minute, tzinfo=SHANGHAI)


START = at(
    11, 4, 9
)  # a Wednesday; ten hours of limit: due on Thursday at 11, the response at 11 of Wednesday


@pytest.fixture(autouse=True)
def _calendar(db):
    calendar.fill(2020)


@pytest.fixture
def case(streets) -> Case:
    return dispatched(streets)


def dispatched(streets, now=START) -> Case:
    streets.litter.fix_limit, streets.litter.fix_unit, streets.litter.response_limit = 10, "hour", 2
    streets.litter.save()
    case = cases.open(
        committee=streets.huguo, community=streets.a, category=streets.litter, description="垃圾",
        source="resident", now=now,
    )  # fmt: skip
    return cases.move(case, "dispatch", by=streets.official, unit=streets.unit_a, now=now)


def sweep(now) -> int:
    while ladder.climb(now):
        pass
    return ladder.tell(now)


def rungs(case) -> list[tuple[str, int, int, str]]:
    rows = case.escalations.order_by("rung_at", "pk")
    return [(row.rung.clock, row.rung.percent, row.rung.hours, row.reached) for row in rows]


def told(person) -> list[int]:
    return list(Digest.objects.filter(person=person).order_by("pk").values_list("cases", flat=True))


# --- Rungs ------------------------------------------------------------------------------------------
def test_a_street_begins_with_the_usual_ladder(streets):
    rows = LadderRung.objects.filter(committee=streets.huguo).values_list("clock", "percent", "hours", "to")
    assert set(rows) == set(ladder.USUAL)
    ladder.set_up(streets.huguo)
    assert LadderRung.objects.filter(committee=streets.huguo).count() == len(ladder.USUAL)


def test_every_rung_comes_at_its_time_and_goes_to_its_people(streets, case):
    cases.move(case, "accept", by=streets.liaison_a, now=at(11, 4, 10))
    expected = [
        (at(11, 4, 16, 59), []),
        (at(11, 5, 9), [("fix", 80, 0, "handler")]),
        (at(11, 5, 11), [("fix", 100, 0, "zone_leader")]),
        (at(11, 6, 11), [("fix", 100, 8, "secretary")]),
        (at(11, 10, 11), [("fix", 100, 24, "office")]),
        (at(11, 20), []),
    ]
    for number, (now, _new) in enumerate(expected):
        sweep(now - timedelta(minutes=1) if number else now)
        sweep(now)
        sweep(now)
        assert rungs(case) == [rung for _now, new in expected[: number + 1] for rung in new], now
    people = Reminder.objects.values_list("person__name", flat=True)
    office = Appointment.objects.filter(committee=streets.huguo, role=Role.OFFICIAL).values_list(
        "user__name", flat=True
    )
    assert set(people) == {
        streets.liaison_a.name,
        streets.zone_leader.name,
        streets.secretary_a.name,
        *office,
    }
    case.refresh_from_db()
    assert case.clock_at is None  # nothing more to look at: the case costs nothing until it moves


def test_the_response_has_rungs_of_its_own_until_it_is_given(streets, case):
    sweep(at(11, 4, 11))
    assert rungs(case) == [("response", 100, 0, "handler")]
    case = cases.move(case, "accept", by=streets.liaison_a, now=at(11, 4, 12))
    sweep(at(11, 4, 16))
    assert rungs(case) == [("response", 100, 0, "handler")]
    assert set(case.clock_records.values_list("kind", flat=True)) == {"response_due"}


def test_a_rung_without_people_goes_to_the_next_ones_up(streets, case):
    Appointment.objects.filter(user=streets.liaison_a).update(until=at(11, 1).date())
    case.zone.leader = None
    case.zone.save()
    sweep(at(11, 4, 11))
    assert [row[-1] for row in rungs(case)] == ["secretary"]
    assert Reminder.objects.get().person == streets.secretary_a


def test_work_that_is_done_reminds_whoever_verifies(streets, case):
    cases.move(case, "report_back", by=streets.liaison_a, photo=photo(), now=at(11, 4, 10))
    sweep(at(11, 5, 9))
    assert rungs(case) == [("fix", 80, 0, "zone_leader")]


def test_none_after_the_end_and_none_in_a_pause(streets, case):
    other = dispatched(streets)
    cases.move(case, "report_back", by=streets.liaison_a, photo=photo(), now=at(11, 4, 10))
    cases.move(case, "verify", by=streets.official, now=at(11, 4, 10, 30))
    cases.move(other, "suspend", by=streets.official, note="等待", now=at(11, 4, 10))
    sweep(at(12, 1))
    assert not Escalation.objects.exists()
    other = cases.move(other, "resume", by=streets.official, now=at(12, 1))
    sweep(at(12, 1, 10, 1))
    assert rungs(other) == []
    assert Case.objects.get(pk=case.pk).clock_at is None


def test_a_new_run_climbs_anew_and_the_same_run_never_twice(streets, case):
    cases.move(case, "accept", by=streets.liaison_a, now=at(11, 4, 10))
    sweep(at(11, 5, 12))
    cases.move(case, "extend", by=streets.official, note="雨", due_at=at(11, 9, 11), now=at(11, 5, 13))
    sweep(at(11, 9, 12))
    assert [row[1] for row in rungs(case)] == [80, 100, 80, 100]
    assert Escalation.objects.filter(case=case).values("run").distinct().count() == 2
    row = Escalation.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Escalation.objects.create(
            case=row.case,
            rung=row.rung,
            run=row.run,
            reached="office",
            rung_at=START,
            due_at=START,
            made_at=START,
        )


def test_a_rung_that_is_added_is_reached_at_once_where_its_time_has_passed(streets, case):
    cases.move(case, "accept", by=streets.liaison_a, now=at(11, 4, 10))
    sweep(at(11, 4, 15))
    rung = LadderRung(committee=streets.huguo, clock="fix", percent=50, hours=0, to="zone_leader")
    ladder.set_rung(rung, now=at(11, 4, 15))
    sweep(at(11, 4, 15))
    assert rungs(case) == [("fix", 50, 0, "zone_leader")]
    rung.in_use = False
    ladder.set_rung(rung, now=at(11, 4, 16))
    other = dispatched(streets)
    sweep(at(11, 4, 16))
    assert ("fix", 50, 0, "zone_leader") not in rungs(other)


def test_streets_have_ladders_of_their_own(streets, case):
    LadderRung.objects.filter(committee=streets.huguo).update(in_use=False)
    sweep(at(11, 20))
    assert rungs(case) == []
    assert set(ClockRecord.objects.values_list("kind", flat=True)) == {"response_due", "due"}


# --- Telling ------------------------------------------------------------------------------------------
def test_after_a_standstill_of_days_each_person_is_told_once(streets):
    made = [dispatched(streets, START + timedelta(minutes=number)) for number in range(9)]
    assert sweep(START + timedelta(minutes=10)) == 0
    sweep(at(11, 12))  # eight days later: every rung of every case is due at once
    assert Escalation.objects.count() == len(made) * len(ladder.USUAL)
    assert [told(who) for who in (streets.liaison_a, streets.zone_leader, streets.secretary_a)] == [[9]] * 3
    sweep(at(11, 12, 11))
    assert Digest.objects.filter(person=streets.liaison_a).count() == 1


def test_nobody_is_told_while_the_sweep_is_under_way(streets):
    for _case in range(3):
        dispatched(streets)
    assert ladder.climb(at(11, 12), limit=1) == 1
    assert ladder.tell(at(11, 12)) == 0
    assert not Digest.objects.exists()


def test_what_ends_before_anybody_was_told_is_never_told(streets, case):
    cases.move(case, "accept", by=streets.liaison_a, now=at(11, 4, 10))
    while ladder.climb(at(11, 5, 12)):
        pass
    cases.move(case, "report_back", by=streets.liaison_a, photo=photo(), now=at(11, 5, 12))
    cases.move(case, "verify", by=streets.official, now=at(11, 5, 12))
    assert ladder.tell(at(11, 5, 12)) == 0
    assert not Digest.objects.exists()
    assert not Reminder.objects.filter(digest=None).exists()


def test_two_digests_keep_half_an_hour_between_them(streets, case):
    sweep(at(11, 4, 11))
    dispatched(streets, START + timedelta(minutes=5))
    sweep(at(11, 4, 11, 5))
    assert told(streets.liaison_a) == [1]
    sweep(at(11, 4, 11, 30))
    assert told(streets.liaison_a) == [1, 1]


def test_a_digest_goes_out_by_text_message_without_a_name_or_a_place(streets, case, settings):
    settings.SMS_GATEWAY = "tests.services.nothing"
    type(streets.liaison_a).objects.filter(pk=streets.liaison_a.pk).update(phone="13800001111")
    sweep(at(11, 4, 11))
    message = OutboxMessage.objects.get(recipient="13800001111")
    assert message.key.startswith("digest-")
    assert case.code not in message.text and "暴露垃圾" not in message.text


# --- Receipts ---------------------------------------------------------------------------------------
def test_a_receipt_is_the_person_s_own(streets, case, client):
    with time_machine.travel(at(11, 4, 11, 30), tick=False):
        sweep(at(11, 4, 11))
        reminder = Reminder.objects.get()
        client.force_login(streets.zone_leader)
        assert case.code not in client.get("/reminders/").content.decode()
        client.post("/reminders/acknowledge/", {"reminder": reminder.pk})
        reminder.refresh_from_db()
        assert (reminder.seen_at, reminder.acknowledged_at) == (None, None)

        client.force_login(streets.liaison_a)
        assert case.code in client.get("/reminders/").content.decode()
        reminder.refresh_from_db()
        assert reminder.seen_at == at(11, 4, 11, 30) and reminder.acknowledged_at is None
        for _twice in range(2):
            assert client.post("/reminders/acknowledge/", {"reminder": reminder.pk}).status_code == 302
        reminder.refresh_from_db()
        assert reminder.acknowledged_at == at(11, 4, 11, 30)
        assert case.code not in client.get("/reminders/").content.decode()

        client.force_login(streets.official)
        assert "已签收" in client.get(f"/cases/{case.code}/").content.decode()


def test_a_case_waits_once_in_the_list_with_its_last_reminder(streets, case, client):
    cases.move(case, "accept", by=streets.zone_leader, now=at(11, 4, 10))  # also leads the zone
    sweep(at(11, 5, 12))
    assert Reminder.objects.filter(person=streets.zone_leader).count() == 2
    (last,) = ladder.waiting_for(streets.zone_leader)
    assert last.escalation.rung.percent == 100
    assert ladder.acknowledge(streets.zone_leader, [last.pk], now=at(11, 5, 13)) == 1
    assert ladder.acknowledge(streets.zone_leader, [last.pk]) == 0
    assert not Reminder.objects.filter(person=streets.zone_leader, acknowledged_at=None).exists()


def test_nonsense_for_reminders_changes_nothing(streets, case, client):
    sweep(at(11, 4, 11))
    client.force_login(streets.liaison_a)
    for sent in ({}, {"reminder": "x"}, {"reminder": "-1"}, {"reminder": "9" * 30}, {"reminder": "٣"}):
        assert client.post("/reminders/acknowledge/", sent).status_code == 302
    assert Reminder.objects.filter(acknowledged_at=None).count() == 1


def test_the_sweep_asks_as_much_for_many_cases_as_for_one(streets, django_assert_max_num_queries):
    for number in range(30):
        dispatched(streets, START + timedelta(seconds=number))
    idle = Case.objects.count()
    with django_assert_max_num_queries(20):
        assert ladder.climb(at(11, 12)) == idle
    with django_assert_max_num_queries(3):  # and next to nothing when nothing is due
        assert ladder.climb(at(11, 12)) == 0
