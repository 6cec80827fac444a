"""Every periodic job exists, takes nobody's data, and is written on one screen."""

import ast
import inspect
from pathlib import Path

import pytest
from celery import current_app

from config.timetable import TIMETABLE

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "campaign", "grids", "volunteers")


def tasks() -> dict[str, object]:
    current_app.loader.import_default_modules()
    return {name: task for name, task in current_app.tasks.items() if not name.startswith("celery.")}


@pytest.mark.parametrize("line", TIMETABLE, ids=str)
def test_every_job_of_the_timetable_exists_and_needs_no_argument(line):
    job = TIMETABLE[line]
    assert job["task"] in tasks(), f"{line}: nobody does {job['task']}"
    assert not job.get("args")
    assert not job.get("kwargs")
    needed = [
        parameter
        for parameter in inspect.signature(tasks()[job["task"]].run).parameters.values()
        if parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
    ]
    assert needed == []


def test_the_timetable_is_what_beat_reads():
    assert set(TIMETABLE) <= set(current_app.conf.beat_schedule)


@pytest.mark.parametrize("name", sorted(tasks()))
def test_a_task_has_a_name_of_its_own_app_and_takes_keys_alone(name):
    """What a task is given stands in the broker and in logs: keys and days, never a name, phone or text."""
    task = tasks()[name]
    app, _dot, verb = name.partition(".")
    assert app in APPS
    assert "." not in verb, "give it an explicit name, such as name='grids.schedule_patrols'"
    for parameter in inspect.signature(task.run).parameters.values():
        kind = str(parameter.annotation).replace("typing.", "")
        assert any(word in kind for word in ("int", "date", "UUID")) or parameter.name.endswith(
            ("_id", "pk")
        ), f"{name}({parameter.name}: {kind})"


def unnamed_tasks(source: str) -> list[int]:
    """The lines on which a task is made without an explicit name."""
    found = []
    for node in ast.walk(ast.parse(source)):
        for decorator in getattr(node, "decorator_list", ()):
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if getattr(called, "attr", getattr(called, "id", "")) in ("shared_task", "task"):
                words = decorator.keywords if isinstance(decorator, ast.Call) else []
                if not any(word.arg == "name" for word in words):
                    found.append(node.lineno)
    return found


def test_every_task_says_its_name():
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for app in (*APPS, "config")
        for path in (ROOT / app).rglob("*.py")
        for line in unnamed_tasks(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_a_task_without_a_name_is_found():
    assert unnamed_tasks("@shared_task\ndef a(): pass") == [2]
    assert unnamed_tasks("@app.task(bind=True)\ndef a(): pass") == [2]
    assert unnamed_tasks("@shared_task(name='x.y')\ndef a(): pass") == []


def test_no_task_is_sent_with_a_countdown():
    """The broker is no database: what is to happen later is a row with its time (reliability.md §2)."""
    wrong = []
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and {"countdown", "eta"} & {word.arg for word in node.keywords}:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []
