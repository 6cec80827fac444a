"""The whole way with a real worker: a commit, a bell, a broker, a task, a row."""

import pytest
from django.db import transaction

from campaign import doorbell, heartbeats
from campaign.models import Heartbeat
from tests.processes import Outcome, together, until

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


def test_a_new_worker_reports_itself_without_waiting_for_beat(worker):
    until(lambda: heartbeats.age("worker") is not None, within=20)


def test_a_ring_reaches_the_worker_and_the_worker_reaches_the_database(bell, worker):
    until(lambda: heartbeats.age("worker") is not None, within=20)
    Heartbeat.objects.all().delete()
    with transaction.atomic():
        doorbell.ring("campaign.heartbeat")
    until(lambda: heartbeats.age("worker") is not None, within=20)


def say_and_count(index: int) -> int:
    heartbeats.say("worker")
    return Heartbeat.objects.count()


def test_processes_that_a_test_starts_write_into_the_same_database():
    outcomes = together(4, say_and_count)
    assert outcomes == [Outcome(value=1)] * 4
    assert Heartbeat.objects.count() == 1


def fail(index: int) -> None:
    raise ValueError(f"number {index}")


def test_what_goes_wrong_in_another_process_is_told():
    assert [str(outcome.error) for outcome in together(2, fail)] == ["number 0", "number 1"]
