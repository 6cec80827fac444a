"""`manage.py check` names what an installation would lose, leak or miscount."""

from typing import Any

import pytest
from django.core.checks import run_checks
from django.utils import timezone

from campaign import calendar, checks
from campaign.models import CalendarDay, Goal
from tests import factories
from tests.cast import person


def ids(messages: list[Any]) -> list[str]:
    return sorted(message.id for message in messages)


def test_the_settings_as_they_are_need_no_remark():
    assert [message for message in run_checks() if message.id.startswith("campaign.")] == []


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("CELERY_TASK_ACKS_LATE", False, ["campaign.E001"]),
        ("CELERY_TASK_REJECT_ON_WORKER_LOST", False, ["campaign.E001"]),
        ("CELERY_ACCEPT_CONTENT", ["json", "pickle"], ["campaign.E002"]),
        ("CELERY_TASK_SERIALIZER", "pickle", ["campaign.E002"]),
        ("CELERY_BROKER_TRANSPORT_OPTIONS", {"visibility_timeout": 60}, ["campaign.E003"]),
        ("CELERY_BROKER_TRANSPORT_OPTIONS", {"visibility_timeout": 1200}, []),
    ],
)
def test_unsafe_settings_of_the_worker_are_named(settings, name, value, found):
    setattr(settings, name, value)
    assert ids(checks.tasks_survive_a_killed_worker(None)) == found


def test_production_is_told_what_it_lacks(settings):
    settings.PRODUCTION, settings.SMS_GATEWAY, settings.REDIS_URL = True, "", ""
    said = checks.production_has_its_servers(None)
    assert {"campaign.W001", "campaign.W002"} <= set(ids(said))
    assert all(message.hint for message in said)
    settings.SMS_GATEWAY, settings.REDIS_URL = "no.such.gateway", "redis://127.0.0.1"
    assert "campaign.E004" in ids(checks.production_has_its_servers(None))


def test_a_year_without_calendar_is_named(cast):
    assert ids(checks.the_year_is_known(None, databases=["default"])) == ["campaign.W004"]
    assert checks.the_year_is_known(None) == []
    CalendarDay.objects.create(day=timezone.localdate(), is_working=True)
    calendar.fill(timezone.localdate().year)
    assert checks.the_year_is_known(None, databases=["default"]) == []


def test_a_goal_that_nobody_counts_is_named(cast):
    goal = factories.make(Goal, factories.place_a(cast))
    assert checks.goals_name_metrics_that_are_told(None, databases=["default"]) == []
    Goal.objects.filter(pk=goal.pk).update(metric="made.up")
    (said,) = checks.goals_name_metrics_that_are_told(None, databases=["default"])
    assert said.id == "campaign.W005"
    assert "made.up" in said.msg


@pytest.mark.django_db
def test_demo_people_in_production_are_an_error(settings):
    person("演示")
    assert checks.nobody_enters_with_the_demo(None, databases=["default"]) == []
    settings.PRODUCTION = True
    assert ids(checks.nobody_enters_with_the_demo(None, databases=["default"])) == ["campaign.E005"]
