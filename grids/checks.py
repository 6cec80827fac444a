"""Looking at one point: all that was answered there is kept together, once, with the time at which it was seen."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from campaign import photos
from campaign.errors import Refused
from grids import patrols
from grids.models import Answer, ChecklistItem, Patrol, Point, PointCheck

Moment = datetime.datetime


@dataclass(frozen=True)
class Said:
    """One standard's answer; `more` are the further arguments of `patrols.answer`: note, photo, faults …"""

    item: ChecklistItem
    value: str
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Kept:
    """What came of a sending."""

    answers: list[Answer]
    again: bool = False
    """the same sending was taken in before; nothing was written now"""


def seen_when(seen_ms: int | None, sent_ms: int | None, now: Moment | None = None) -> Moment | None:
    """When something was seen, from two readings of the telephone's own clock: as it was seen, as it was sent.

    Only their difference counts, so that a telephone whose clock goes wrong still tells the true time. Both
    are milliseconds; None when the telephone told nothing. Raises Refused for readings that run backwards by
    more than two minutes, or for more than a year.
    """
    if seen_ms is None or sent_ms is None:
        return None
    age = timedelta(milliseconds=sent_ms - seen_ms)
    if age < -patrols.CLOCK_TOLERANCE or age > timedelta(days=366):
        raise Refused(_("The telephone's clock was changed after this was noted: enter it again."), "clock")
    return (now or timezone.now()) - max(age, timedelta(0))


def check_point(
    patrol: Patrol,
    point: Point,
    said: Sequence[Said],
    *,
    by: Any,
    form_key: uuid.UUID | None = None,
    seen_at: Moment | None = None,
) -> Kept:
    """Keep all answers of one point together, or none. The same `form_key` again changes nothing.

    Raises Refused as `patrols.answer` does, and when the key was used for another point or by somebody else.
    """
    now = timezone.now()
    with photos.together():
        # Sendings for one patrol take turns: the second of two equal ones finds the first.
        patrol = (
            Patrol.objects.select_for_update(of=("self",)).select_related("plan", "zone").get(pk=patrol.pk)
        )
        if form_key and (before := PointCheck.objects.filter(form_key=form_key).first()):
            if (before.patrol_id, before.point_id, before.sent_by_id) != (patrol.pk, point.pk, by.pk):
                raise Refused(_("This form was used for another point. Open the page anew."), "form_key")
            return Kept([], again=True)
        answers = [
            patrols.answer(patrol, point, one.item, one.value, by=by, answered_at=seen_at, **one.more)
            for one in said
        ]
        if form_key and said:
            PointCheck.objects.create(
                patrol=patrol,
                point=point,
                form_key=form_key,
                sent_by=by,
                seen_at=seen_at or now,
                received_at=now,
            )
    return Kept(answers)
