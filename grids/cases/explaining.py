"""How the date of a deadline came about, step by step, from the history of the case."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaign.calendar import WorkingDays, is_known
from grids import clocks
from grids.clocks import Limit
from grids.models import Case, CaseEvent, LimitUnit
from grids.workflow import PAUSED, UNDO

Moment = datetime.datetime


@dataclass(frozen=True)
class Step:
    """One line of the explanation."""

    kind: str
    """dispatch, limit, calendar, first, pause, extension, due or unknown_year"""
    title: str
    text: str = ""
    due_at: Moment | None = None
    """the deadline as it stood after this step"""


def explain_deadline(case: Case) -> list[Step]:
    """Why the case is due when it is: dispatch, limit, days that do not count, pauses, extensions, the date.

    Reads the history since the last dispatch and counts with the limit that was frozen then; empty for a case
    that is not dispatched. The last step's `due_at` is the case's own.
    """
    if case.dispatched_at is None or case.due_at is None:
        return []
    limit = clocks.fix_limit(case)
    due = limit.later(case.dispatched_at, limit.amount)
    steps = [
        Step("dispatch", _("Dispatched"), _moment(case.dispatched_at)),
        Step("limit", _("Limit, fixed at the dispatch"), _with(str(limit), case.category.name)),
    ]
    later = list(_changes(case, limit, due))
    end = max([due, *(step.due_at for step in later if step.due_at)])
    if limit.unit != LimitUnit.URGENT:
        steps += _calendar(case.dispatched_at, end)
    steps.append(Step("first", _("So it was due on"), _moment(due), due))
    steps += later
    if later:
        steps.append(Step("due", _("Therefore due on"), _moment(case.due_at), case.due_at))
    return steps


def _changes(case: Case, limit: Limit, due: Moment) -> Iterator[Step]:
    """What moved the deadline since the dispatch: pauses that gave time back, and extensions."""
    since: Moment | None = None
    began: Moment | None = None
    for event in _since_dispatch(case):
        if event.from_state in PAUSED and since:
            title = _("The clock stood still")
            given = limit.between(since, event.at) if since <= due else None
            span = _("%(first)s to %(last)s") % {"first": _moment(since), "last": _moment(event.at)}
            if given is None:
                yield Step(
                    "pause", title, _("%(span)s; the deadline had passed before") % {"span": span}, due
                )
            else:
                due = limit.later(due, given)
                told = {"span": span, "amount": _amount(given, limit)}
                yield Step("pause", title, _("%(span)s: %(amount)s given back") % told, due)
            since = None
        elif event.due_at and event.due_at != due and event.move != "dispatch":
            due = event.due_at
            if event.move == UNDO:
                when = _("on %(moment)s") % {"moment": _moment(event.at)}
                yield Step("undo", _("A step was taken back"), when, due)
            else:
                told = {"moment": _moment(due), "who": event.by.name if event.by else "", "why": event.note}
                yield Step("extension", _("Extended"), _("to %(moment)s by %(who)s: %(why)s") % told, due)
        if event.to_state in PAUSED and since is None:
            # A pause whose end was taken back goes on as if it had not ended.
            since = began = began if event.move == UNDO and began else event.at
    if since:
        yield Step(
            "pause", _("The clock stands still"), _("since %(moment)s") % {"moment": _moment(since)}, due
        )


def _since_dispatch(case: Case) -> list[CaseEvent]:
    rows = list(case.events.select_related("by").order_by("at", "pk"))
    dispatches = [number for number, event in enumerate(rows) if event.move == "dispatch"]
    return rows[dispatches[-1] + 1 :] if dispatches else []


def _calendar(start: Moment, end: Moment) -> Iterator[Step]:
    """The days between that are unlike others; a year that is not in rows is said, for then it is a guess."""
    first, last = timezone.localdate(start), timezone.localdate(end)
    off, on = [], []
    for span in WorkingDays(first, last).spans(first, last):
        days = _day(span.first)
        if span.last != span.first:
            days = _("%(first)s to %(last)s") % {"first": days, "last": _day(span.last)}
        name = span.name or _("weekend")
        (on if span.works else off).append(days if span.works else _with(days, name))
    between = _("; ")
    if off:
        yield Step("calendar", _("Days that do not count"), between.join(off))
    if on:
        yield Step("calendar", _("Weekend days that are worked"), between.join(on))
    for year in range(first.year, last.year + 1):
        if not is_known(year):
            said = _("The holidays of %(year)s are not entered: counted as Monday to Friday.") % {
                "year": year
            }
            yield Step("unknown_year", _("Attention"), said)


def _moment(moment: Moment | None) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT") if moment else ""


def _day(day: datetime.date) -> str:
    return date_format(day, "MONTH_DAY_FORMAT")


def _with(text: str, name: str) -> str:
    return _("%(text)s (%(name)s)") % {"text": text, "name": name}


def _amount(given: datetime.timedelta, limit: Limit) -> str:
    hours = f"{given.total_seconds() / 3600:.2f}".rstrip("0").rstrip(".")
    if limit.unit == LimitUnit.URGENT:
        return _("%(hours)s hours") % {"hours": hours}
    return _("%(hours)s working hours") % {"hours": hours}
