"""A whistle with a lead and a helper, in whatever state a test wants it."""

import datetime
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from campaign.models import Unit
from campaign.roles import Role
from grids import whistles
from grids.models import Whistle, WhistleTask
from grids.whistleflow import TaskState, WhistleState
from tests.cast import SINCE, appoint, person

NOW = datetime.datetime(2026, 11, 25, 10, 0, tzinfo=timezone.get_default_timezone())  # a Wednesday


def more_units(cast: SimpleNamespace) -> SimpleNamespace:
    """The cast with a second official, a third and a fourth unit with their liaisons, and a department's."""
    cast.official_2 = appoint(person("第二官员"), Role.OFFICIAL, cast.huguo)
    for letter, name in (("c", "丙单位"), ("d", "丁单位")):
        unit = Unit.objects.create(
            committee=cast.huguo, community=cast.a, kind="civilised", name=name, since=SINCE
        )
        setattr(cast, f"unit_{letter}", unit)
        setattr(
            cast,
            f"liaison_{letter}",
            appoint(person(f"联络{letter}"), Role.LIAISON, cast.huguo, cast.a, unit),
        )
    return cast


def raised(cast: SimpleNamespace, kind: str = "daily", **given: Any) -> Whistle:
    values = {
        "committee": cast.huguo,
        "community": cast.a,
        "kind": kind,
        "title": "占道经营反复",
        "description": "请到现场联合处置",
        "lead": cast.unit_a,
        "helpers": [cast.unit_b],
        "by": cast.secretary_a,
        "now": NOW,
    }
    return whistles.blow(**{**values, **given})


def blown(cast: SimpleNamespace, kind: str = "daily", **given: Any) -> Whistle:
    whistle = raised(cast, kind, **given)
    if whistle.state == WhistleState.RAISED:
        whistle = whistles.move(whistle, "approve", by=cast.official, now=NOW)
    return whistle


def task_of(whistle: Whistle, unit: Unit) -> WhistleTask:
    return whistle.tasks.get(unit=unit)


def put(task: WhistleTask, state: str, **values: Any) -> WhistleTask:
    """A task as if it had come to `state`; for walks over every pair."""
    due = {
        "called_at": NOW,
        "sign_due_at": NOW + timedelta(hours=8),
        "arrive_due_at": NOW + timedelta(days=3),
    }
    values = {
        **due,
        "rating": "good" if state == TaskState.RATED else "",
        "person": "",
        **values,
        "state": state,
    }
    WhistleTask._base_manager.filter(pk=task.pk).update(**values)
    task.refresh_from_db()
    return task
