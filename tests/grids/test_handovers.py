"""Leave and swap with the leader's consent: slots change hands together, once, with history, and both are told."""

import datetime
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from campaign.errors import Refused
from campaign.models import OutboxMessage
from campaign.recurrence import SHANGHAI
from grids import handovers, patrols, plans
from grids.models import Answer, Handover, Patrol
from tests.processes import together

FIRST = datetime.date(2026, 11, 2)


def at(day: datetime.date, hour: int = 8) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour), tzinfo=SHANGHAI)


NOW = at(FIRST)


@pytest.fixture
def roster(streets):
    patrols.schedule(now=NOW)
    return list(
        streets.plan.patrols.order_by("starts_at")
    )  # even ones the patroller's, odd ones the leader's


def whose(*rows: Patrol) -> list[int]:
    return [Patrol.objects.get(pk=row.pk).patroller_id for row in rows]


def leave(streets, row: Patrol, **given) -> Handover:
    return handovers.ask(row, "孩子生病", by=streets.patroller, now=NOW, **given)


def test_a_leave_changes_hands_only_when_the_leader_consents(streets, roster):
    asked = leave(streets, roster[2], taker=streets.patroller_b)
    assert whose(roster[2]) == [streets.patroller.pk]
    assert list(handovers.to_decide(streets.zone_leader)) == [asked]
    handovers.agree(asked, by=streets.zone_leader, now=NOW)
    assert whose(roster[2]) == [streets.patroller_b.pk]
    assert not handovers.to_decide(streets.zone_leader)
    event = roster[2].events.get()
    assert (event.what, event.by) == ("handed_over", streets.zone_leader) and "孩子生病" in event.note


def test_a_leave_without_a_proposal_needs_a_name(streets, roster):
    asked = leave(streets, roster[2])
    with pytest.raises(Refused) as refused:
        handovers.agree(asked, by=streets.zone_leader, now=NOW)
    assert refused.value.code == "needs_taker"
    handovers.agree(asked, by=streets.zone_leader, taker=streets.patroller_b, now=NOW)
    assert whose(roster[2]) == [streets.patroller_b.pk]


def test_the_next_in_turn_is_proposed_where_the_patroller_names_nobody(streets, roster):
    assert handovers.next_in_turn(leave(streets, roster[2])) == streets.zone_leader


def test_a_swap_exchanges_both_and_a_change_of_the_plan_leaves_it_so(streets, roster):
    asked = leave(streets, roster[2], other=roster[5])
    handovers.agree(asked, by=streets.zone_leader, now=NOW)
    assert whose(roster[2], roster[5]) == [streets.zone_leader.pk, streets.patroller.pk]
    plans.change(
        streets.plan, plans.Draft({"start_time": datetime.time(15)}), by=streets.zone_leader, now=NOW
    )
    assert whose(roster[2], roster[5]) == [streets.zone_leader.pk, streets.patroller.pk]


def test_both_are_told_once(streets, roster, settings):
    settings.SMS_GATEWAY = "tests.house.gateways.send"
    for who, phone in ((streets.patroller, "13800000001"), (streets.zone_leader, "13800000002")):
        who.phone = phone
        who.save()
    asked = leave(streets, roster[2], other=roster[5])
    for _click in range(2):
        handovers.agree(asked, by=streets.official, now=NOW)
    told = OutboxMessage.objects.values_list("recipient", flat=True)
    assert sorted(told) == ["13800000001", "13800000002"]


def test_asking_twice_is_asking_once_and_taking_back_leaves_all_as_it_was(streets, roster):
    asked = leave(streets, roster[2])
    assert leave(streets, roster[2]) == asked
    handovers.take_back(asked, by=streets.patroller, now=NOW)
    handovers.take_back(asked, by=streets.patroller, now=NOW)
    with pytest.raises(Refused) as refused:
        handovers.agree(asked, by=streets.zone_leader, taker=streets.patroller_b, now=NOW)
    assert refused.value.code == "decided" and whose(roster[2]) == [streets.patroller.pk]
    assert leave(streets, roster[2]) != asked


def test_a_refusal_says_why(streets, roster):
    asked = leave(streets, roster[2])
    with pytest.raises(Refused):
        handovers.refuse(asked, " ", by=streets.zone_leader, now=NOW)
    handovers.refuse(asked, "当天人手不足", by=streets.zone_leader, now=NOW)
    asked.refresh_from_db()
    assert (asked.state, asked.note, asked.decided_by) == ("refused", "当天人手不足", streets.zone_leader)


def test_who_may_not(streets, roster):
    asked = leave(streets, roster[2])
    for who in (streets.patroller, streets.secretary_a, streets.official_far, streets.stranger):
        with pytest.raises(Refused) as refused:
            handovers.agree(asked, by=who, taker=streets.patroller_b, now=NOW)
        assert refused.value.code == "role"
    with pytest.raises(Refused):
        handovers.ask(roster[2], "别人的", by=streets.zone_leader, now=NOW)
    with pytest.raises(Refused) as refused:
        leave(streets, roster[4], taker=streets.official_far)
    assert refused.value.code == "patroller"


def test_what_has_begun_or_changed_hands_since_stays(streets, roster):
    asked = leave(streets, roster[2], taker=streets.patroller_b)
    with pytest.raises(Refused) as refused:
        handovers.agree(asked, by=streets.zone_leader, now=at(roster[2].day, 9))
    assert refused.value.code == "begun"
    Answer.objects.create(
        patrol=roster[2], point=streets.point, item=streets.clean, value="yes",
        answered_at=NOW, day=roster[2].day,
    )  # fmt: skip
    with pytest.raises(Refused):
        handovers.agree(asked, by=streets.zone_leader, now=NOW)
    swap = leave(streets, roster[4], other=roster[5])
    plans.move(
        roster[5], by=streets.official, starts_at=roster[5].starts_at, patroller=streets.patroller_b, now=NOW
    )
    with pytest.raises(Refused) as refused:
        handovers.agree(swap, by=streets.zone_leader, now=NOW)
    assert refused.value.code == "changed"


# --- Two leaders at once -----------------------------------------------------------------------------------
@pytest.fixture
def contested(streets):
    """Two requests for the same patrol of the leader's: only one can have it."""
    patrols.schedule()
    own, other = (
        streets.plan.patrols.filter(patroller=who, starts_at__gt=timezone.now() + timedelta(days=1))
        for who in (streets.patroller, streets.zone_leader)
    )
    first, second, wanted = own[0], own[1], other[0]
    return [handovers.ask(row, "有事", by=streets.patroller, other=wanted) for row in (first, second)]


def decide(streets, contested):
    def one(index: int) -> bool:
        try:
            handovers.agree(contested[index], by=streets.official)
        except Refused:
            return False
        return True

    return together(2, one)


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_a_patrol_that_two_were_promised_goes_to_one(streets, contested):
    outcomes = decide(streets, contested)
    assert sorted(outcome.value for outcome in outcomes) == [False, True]
    assert Handover.objects.filter(state="agreed").count() == 1


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_it_is_promised_twice(streets, contested, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one writer in at a time, lock or no lock")

    def unlocked(*rows: Patrol | None) -> dict[int, Patrol]:
        keys = [row.pk for row in rows if row is not None]
        found = {
            row.pk: row
            for row in Patrol.objects.select_related("plan", "zone", "patroller").filter(pk__in=keys)
        }
        time.sleep(0.3)
        return found

    monkeypatch.setattr(handovers, "_locked", unlocked)
    assert [outcome.value for outcome in decide(streets, contested)] == [True, True]
