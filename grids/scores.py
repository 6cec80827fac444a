"""What a point scores by its card of standards. Pure: it knows answers and numbers, no rows and no clock.

An item is worth its `max_score`. Not met, it loses all of it, or `deduct` for each fault until none is left.
What is not applicable or not yet answered leaves the reckoning on both sides. A veto that is not met (一票否决)
brings the whole point to nought (domain.md §3.2 describes the trade's scoring).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol


class Standard(Protocol):
    """An item of a card; `grids.models.ChecklistItem` is one."""

    max_score: int
    deduct: int | None
    veto: bool


@dataclass(frozen=True)
class Score:
    """Points reached of the points that could be reached; a share needs its denominator."""

    points: int
    of: int
    vetoed: bool = False
    """a standard with veto was not met, so that `points` is 0"""
    answered: int = 0
    """how many standards were answered with met or not met"""

    @property
    def percent(self) -> float | None:
        """0 to 100; None when nothing could be scored."""
        return 100 * self.points / self.of if self.of else None


def points_of(item: Standard, value: str, faults: int = 1) -> int:
    """The points that one answer leaves of the item's `max_score`: all for "yes", by its deduct rule for "no"."""
    if value != "no":
        return item.max_score
    lost = item.max_score if item.deduct is None else item.deduct * max(faults, 1)
    return max(item.max_score - lost, 0)


def score(answers: Iterable[tuple[Standard, str, int]]) -> Score:
    """The score of (item, "yes" | "no" | "na" | "", faults) of one point. Raises nothing: no answer, no points."""
    points = of = answered = 0
    vetoed = False
    for item, value, faults in answers:
        if value not in ("yes", "no"):
            continue
        answered += 1
        of += item.max_score
        points += points_of(item, value, faults)
        vetoed = vetoed or (item.veto and value == "no")
    return Score(0 if vetoed else points, of, vetoed, answered)


def score_of(answers: Iterable[Any]) -> Score:
    """The score of rows of `grids.models.Answer` with their items at hand, all of one point."""
    return score((answer.item, answer.value, answer.faults) for answer in answers)
