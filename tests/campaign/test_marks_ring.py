"""Facts wake the counter: after their transaction, once however many they are, and never when they are undone."""

import datetime

import pytest
from django.db import transaction

from campaign import marks

DAY = datetime.date(2026, 11, 2)


@pytest.fixture
def rings(monkeypatch) -> list[str]:
    heard: list[str] = []
    monkeypatch.setattr(marks, "ring", heard.append)
    return heard


def test_many_facts_of_one_transaction_ring_once(rings, django_capture_on_commit_callbacks, db):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        for number in range(20):
            marks.mark("a.metric", DAY + datetime.timedelta(days=number))
    assert rings == ["campaign.count_marked_days"]


def test_facts_that_were_undone_ring_not_and_do_not_silence_those_that_stand(
    rings, django_capture_on_commit_callbacks, db
):
    with django_capture_on_commit_callbacks(execute=True):
        try:
            with transaction.atomic():
                marks.mark("a.metric", DAY)
                raise ValueError
        except ValueError:
            pass
        assert rings == []
        marks.mark("a.metric", DAY)
    assert rings == ["campaign.count_marked_days"]
