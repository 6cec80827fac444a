"""The life of a whistle (吹哨报到) as two tables that one can read aloud: the whistle's, and each unit's task's.

A community or the street blows; the street approves (an urgent one may skip that); each named unit signs for its
task, arrives, reports the result and is rated. A unit that refuses says why and who should do it; the proposed
one must accept. After two refusals the committee decides, and that decision stands. See domain.md §5.1.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    DAILY = "daily", _("daily whistle")
    JOINT = "joint", _("joint whistle")
    URGENT = "urgent", _("urgent whistle")


class WhistleState(models.TextChoices):
    RAISED = "raised", _("to be approved")
    BLOWN = "blown", _("units called")
    CLOSED = "closed", pgettext_lazy("whistle", "closed")
    DECLINED = "declined", _("not approved")
    WITHDRAWN = "withdrawn", _("withdrawn")
    CALLED_OFF = "called_off", _("called off")


class TaskState(models.TextChoices):
    NAMED = "named", _("named, not yet called")
    CALLED = "called", _("to be signed for")
    OFFERED = "offered", _("refused, offered to another unit")
    TO_DECIDE = "to_decide", _("refused twice, to be decided")
    SIGNED = "signed", _("signed for")
    ARRIVED = "arrived", _("arrived")
    REPORTED = "reported", _("result reported")
    RATED = "rated", _("rated")
    CALLED_OFF = "called_off", _("called off")


OPEN_WHISTLES = frozenset({WhistleState.RAISED, WhistleState.BLOWN})
OPEN_TASKS = frozenset(TaskState) - {TaskState.RATED, TaskState.CALLED_OFF}
AT_WORK = frozenset({TaskState.SIGNED, TaskState.ARRIVED, TaskState.REPORTED})
"""the unit has taken it on and the street has not yet rated it"""


class Party(models.TextChoices):
    """As what somebody stands to a whistle or to one of its tasks."""

    STREET = "street", _("the street")
    SECOND = "second", _("an official who did not raise it")
    RAISER = "raiser", _("whoever raised it")
    UNIT = "unit", _("the called unit")
    PROPOSED = "proposed", _("the proposed unit")


@dataclass(frozen=True)
class Step:
    """One line of a table: from which states, to which, by whom, and what must be said with it."""

    name: str
    title: object
    come_from: frozenset[str]
    goes_to: str | None
    """None: it stays where it is"""
    by: frozenset[str]
    needs: frozenset[str] = frozenset()
    """"note", "unit", "person", "rating" """
    after_children: bool = False
    """whether every helper's task must have ended (of a lead task), or every task (of a whistle)"""

    def leads_to(self, state: str) -> str:
        """Where something in `state` is after this step."""
        return state if self.goes_to is None else self.goes_to


def _step(
    name: str,
    title: object,
    come_from: set[str],
    goes_to: str | None,
    by: set[str],
    *needs: str,
    after_children: bool = False,
) -> Step:
    return Step(name, title, frozenset(come_from), goes_to, frozenset(by), frozenset(needs), after_children)


W, T, P = WhistleState, TaskState, Party
RAISE = "raise"
"""the name of the event with which every history begins; no step of the tables"""
CALL = "call"
"""the name of the event by which a task begins: its unit is called and the clocks run"""

WHISTLE_STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        _step("approve", _("approve and call the units"), {W.RAISED}, W.BLOWN, {P.SECOND}),
        _step("decline", _("do not approve"), {W.RAISED}, W.DECLINED, {P.STREET}, "note"),
        _step("withdraw", _("withdraw"), {W.RAISED}, W.WITHDRAWN, {P.RAISER}),
        _step("call_in", _("call in another unit"), {W.BLOWN}, None, {P.STREET}, "unit"),
        _step("close", _("close the whistle"), {W.BLOWN}, W.CLOSED, {P.STREET}, after_children=True),
        _step("call_off", _("call off"), {W.BLOWN}, W.CALLED_OFF, {P.STREET}, "note"),
    )
}

TASK_STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        _step("sign", _("sign for it"), {T.CALLED}, T.SIGNED, {P.UNIT}),
        _step("accept", _("accept it"), {T.OFFERED}, T.SIGNED, {P.PROPOSED}),
        _step("arrive", _("report arrival"), {T.SIGNED}, T.ARRIVED, {P.UNIT}, "person"),
        _step(
            "report",
            _("report the result"),
            {T.ARRIVED},
            T.REPORTED,
            {P.UNIT},
            "note",
            after_children=True,
        ),
        _step("refuse", _("refuse: not ours"), {T.CALLED}, T.OFFERED, {P.UNIT}, "note", "unit"),
        _step("decline", _("refuse the offer"), {T.OFFERED}, T.TO_DECIDE, {P.PROPOSED}, "note", "unit"),
        _step("decide", _("decide who does it"), {T.OFFERED, T.TO_DECIDE}, T.CALLED, {P.STREET}, "unit"),
        _step("rate", _("rate"), {T.REPORTED}, T.RATED, {P.STREET}, "rating"),
        _step("redo", _("send back to work"), {T.REPORTED}, T.ARRIVED, {P.STREET}, "note"),
        _step(
            "release",
            _("release the unit"),
            {T.CALLED, T.OFFERED, T.TO_DECIDE, T.SIGNED, T.ARRIVED},
            T.CALLED_OFF,
            {P.STREET},
            "note",
            after_children=True,
        ),
    )
}
