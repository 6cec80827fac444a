"""/healthz says what is alive, and never fails itself."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from campaign import calendar, heartbeats
from campaign.models import CalendarDay, Heartbeat
from config import health

pytestmark = pytest.mark.django_db


def ask(client: Client) -> tuple[int, dict[str, Any]]:
    answer = client.get("/healthz")
    return answer.status_code, json.loads(answer.content)


def last_heard(process: str, seconds_ago: float) -> None:
    heartbeats.say(process)
    Heartbeat.objects.filter(process=process).update(said_at=timezone.now() - timedelta(seconds=seconds_ago))


def test_all_is_well_when_worker_and_beat_were_just_heard(client):
    heartbeats.say("worker")
    heartbeats.say("beat")
    status, said = ask(client)
    assert (status, said["status"]) == (200, "ok")
    assert [said[part]["state"] for part in ("database", "broker", "worker", "beat")] == ["ok"] * 4
    assert said["worker"]["age"] < 5


@pytest.mark.parametrize("silent", ["worker", "beat"])
def test_a_process_that_was_never_heard_is_down(client, silent):
    heartbeats.say({"worker": "beat", "beat": "worker"}[silent])
    status, said = ask(client)
    assert (status, said["status"]) == (503, "down")
    assert said[silent] == {"state": "down", "age": None}


@pytest.mark.parametrize("silent", ["worker", "beat"])
def test_a_process_is_down_once_it_has_been_silent_for_longer_than_it_may(client, silent):
    for process, longest in health.LONGEST_SILENCE.items():
        last_heard(process, longest - 5)
    assert ask(client)[0] == 200
    last_heard(silent, health.LONGEST_SILENCE[silent] + 1)
    status, said = ask(client)
    assert status == 503
    assert said[silent]["state"] == "down"
    assert said[silent]["age"] > health.LONGEST_SILENCE[silent]


def test_a_year_without_holidays_is_a_warning_and_no_failure(client):
    heartbeats.say("worker")
    heartbeats.say("beat")
    status, said = ask(client)
    assert (status, said["status"], said["calendar"]) == (200, "ok", "unknown year")
    for month in (1, 10):
        CalendarDay.objects.create(day=timezone.localdate().replace(month=month, day=1), is_working=False)
    assert ask(client)[1]["calendar"] == "ok"


def test_in_december_the_coming_year_is_needed_too(client):
    calendar.fill(2020)
    with time_machine.travel("2020-11-30T12:00:00+08:00", tick=False):
        assert ask(client)[1]["calendar"] == "ok"
    with time_machine.travel("2020-12-01T12:00:00+08:00", tick=False):
        CalendarDay.objects.filter(day__year=2021).delete()
        assert ask(client)[1]["calendar"] == "unknown year"


def test_a_database_that_is_away_gives_503_and_not_500(client, monkeypatch):
    def away() -> None:
        raise DatabaseError("server closed the connection; host=secret.example")

    monkeypatch.setattr(health, "_ask_database", away)
    status, said = ask(client)
    assert status == 503
    assert said["database"] == {"state": "down", "why": "DatabaseError"}
    assert said["calendar"] == "unknown"
    assert "secret.example" not in json.dumps(said)


def test_a_broker_that_is_away_is_said(client, settings, tmp_path):
    heartbeats.say("worker")
    heartbeats.say("beat")
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    status, said = ask(client)
    assert status == 503
    assert said["broker"]["state"] == "down"
    settings.REDIS_URL = ""
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_out": str(tmp_path / "gone")}
    assert ask(client)[1]["broker"]["state"] == "down"


def test_it_is_never_cached_and_needs_no_session(client):
    answer = client.get("/healthz")
    assert "no-store" in answer.headers["Cache-Control"]
    assert not answer.cookies
    assert client.post("/healthz").status_code == 405


def test_a_probe_that_knows_neither_the_host_name_nor_tls_is_answered(client, settings):
    settings.ALLOWED_HOSTS = ["portal.example.gov.cn"]
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz", headers={"host": "10.0.0.7:8000"}).status_code == 503
    heartbeats.say("worker")
    heartbeats.say("beat")
    assert client.get("/healthz", headers={"host": "10.0.0.7:8000"}).status_code == 200


def test_saying_it_twice_keeps_one_row_and_the_later_time():
    last_heard("worker", 500)
    heartbeats.say("worker")
    assert Heartbeat.objects.filter(process="worker").count() == 1
    assert heartbeats.age("worker") < 5


def test_a_process_lives_on_when_its_heartbeat_cannot_be_written(monkeypatch, caplog):
    def away(process: str) -> None:
        raise DatabaseError

    monkeypatch.setattr(heartbeats, "say", away)
    heartbeats.say_quietly("beat")
    assert "could not be written" in caplog.text
