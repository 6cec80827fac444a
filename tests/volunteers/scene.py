"""What the tests of this app begin with: a kind, an activity of tomorrow, volunteers."""

import datetime
import itertools
from collections import Counter
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from volunteers import activities, hours
from volunteers.models import (
    Activity,
    ActivityKind,
    ActivitySeries,
    HourEntry,
    Issuer,
    Position,
    Skill,
    Volunteer,
)

_numbers = itertools.count(1)


def kind(cast: SimpleNamespace, code: str = "friday_labour") -> ActivityKind:
    return ActivityKind.objects.get_or_create(
        committee=cast.huguo, code=code, defaults={"name": "每周五义务劳动"}
    )[0]


def skill(cast: SimpleNamespace, name: str = "急救护理") -> Skill:
    return Skill.objects.get_or_create(committee=cast.huguo, name=name)[0]


def activity(
    cast: SimpleNamespace, places: int = 2, *, starts_in: timedelta = timedelta(days=1), **more: Any
) -> Activity:
    """A published activity of two hours in community A, with one position; `starts_in` may be negative."""
    starts_at = more.pop("starts_at", None) or timezone.now() + starts_in
    made = activities.create(
        community=more.pop("community", cast.a),
        kind=kind(cast),
        title="清扫街面",
        place="社区门口",
        starts_at=starts_at,
        ends_at=more.pop("ends_at", starts_at + timedelta(hours=2)),
        positions=more.pop("positions", [("志愿者", places)]),
        **more,
    )
    return activities.publish(made, now=starts_at - timedelta(days=1))


def position(cast: SimpleNamespace, places: int = 2, **more: Any) -> Any:
    return activity(cast, places, **more).positions.get()


def volunteer(cast: SimpleNamespace, **more: Any) -> Volunteer:
    number = next(_numbers)
    values = {
        "committee": cast.huguo,
        "community": cast.a,
        "number": f"HG{number:08d}",
        "name": f"演示{number}",
        "phone": f"127{number:08d}",
        "joined_on": datetime.date(2020, 1, 1),
    }
    return Volunteer.objects.create(**{**values, **more})


def series(cast: SimpleNamespace, **more: Any) -> ActivitySeries:
    values = {
        "committee": cast.huguo,
        "community": cast.a,
        "kind": kind(cast),
        "title": "每周五义务劳动",
        "place": "社区门口",
        "rule": "FREQ=WEEKLY;BYDAY=FR",
        "holidays": "keep",
        "first_day": datetime.date(2020, 9, 1),
        "start_time": datetime.time(9, 0),
    }
    return ActivitySeries.objects.create(**{**values, **more})


def entry(
    volunteer: Volunteer, minutes: int, day: datetime.date | None = None, what: str = "清扫街面"
) -> HourEntry:
    """A line of the ledger as if it had been served."""
    return HourEntry.objects.create(
        committee=volunteer.committee,
        community=volunteer.community,
        volunteer=volunteer,
        what=what,
        day=day or datetime.date(2020, 11, 13),
        minutes=minutes,
        reason=HourEntry.Reason.SERVED,
        entered_at=timezone.now(),
    )


def correct(line: HourEntry, minutes: int, cast: SimpleNamespace) -> HourEntry:
    """A correction for which the secretary and the official stand."""
    return hours.correct(line, minutes, by=cast.secretary_a, second=cast.official, note="核对后更正")


def issuer(cast: SimpleNamespace, **more: Any) -> Issuer:
    values = {
        "committee": cast.huguo,
        "community": cast.a,
        "name": f"演示居民委员会{next(_numbers)}",
        "kind": Issuer.Kind.SELF_GOVERNMENT,
        "person_in_charge": "演示负责人",
        "handler": "演示经办人",
        "telephone": "0871-0000000",
    }
    return Issuer.objects.create(**{**values, **more})


def wounds(position: Position) -> list[str]:
    """Everything that is wrong with the places of a position."""
    position = Position.objects.get(pk=position.pk)
    rows = list(position.signups.values_list("volunteer", "state"))
    held = [volunteer for volunteer, state in rows if state in ("confirmed", "offered")]
    waiting = [volunteer for volunteer, state in rows if state == "waiting"]
    found = []
    if len(held) > position.places:
        found.append("oversold")
    if position.taken != len(held):
        found.append("the counter is not the rows")
    if waiting and position.taken < position.places:
        found.append("someone waits beside a free place")
    if max(Counter(volunteer for volunteer, _state in rows).values(), default=0) > 1:
        found.append("someone is there twice")
    return found
