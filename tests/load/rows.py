"""What a measurement comes to: a row of the table, and whether it kept its goal."""

import json
import statistics
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path


class Wrong(Exception):
    """The portal gave a wrong result: an over-filled shift, a lost row, an error page. The run fails."""


class NotYet(Exception):
    """What is to be measured does not exist yet; the message says so."""


@dataclass
class Row:
    """One work beside its limit. `ratio` is portal / limit of the medians, in the unit that `unit` names."""

    work: str
    portal: float | None = None
    limit: float | None = None
    ratio: float | None = None
    goal: str = ""
    met: bool | None = None
    unit: str = ""
    measured: str = ""
    """what was measured, and against what"""
    peer: str = ""
    """the best other portal's ratio, measured once before, see docs/performance.md"""
    rounds: list[list[float]] = field(default_factory=list)
    """[limit, portal] of each round"""
    spread: float | None = None
    """(highest - lowest) / median of the portal's rounds"""
    queries: int | None = None
    """SQL statements a request"""
    busy: float | None = None
    """the share of the machine that others took while this was measured, at its worst"""
    note: str = ""
    wrong: str = ""


@dataclass(frozen=True)
class Goal:
    """What a row must reach: of its ratio, or of its figure itself where there is no limit to divide by."""

    at_least: float | None = None
    at_most: float | None = None
    of: str = "ratio"
    queries: int | None = None
    """and at most so many SQL statements a request"""

    def __str__(self) -> str:
        sign, bound = ("≥", self.at_least) if self.at_least is not None else ("≤", self.at_most)
        tail = "" if self.of != "ratio" else " of the limit" if sign == "≥" else "×"
        return f"{sign} {bound:g}{tail}" + (f", ≤ {self.queries} SQL" if self.queries else "")

    def met(self, row: Row) -> bool | None:
        """Whether the row keeps the goal; None when there is no figure."""
        value = row.ratio if self.of == "ratio" else row.portal
        if value is None:
            return None
        if self.queries is not None and (row.queries or 0) > self.queries:
            return False
        return value >= self.at_least if self.at_least is not None else value <= self.at_most


def from_rounds(row: Row, rounds: Sequence[tuple[float, float]], goal: Goal) -> Row:
    """Fills in medians, ratio, spread and whether the goal is met."""
    limits, portals = [one for one, _ in rounds], [two for _, two in rounds]
    row.rounds = [[round(one, 5), round(two, 5)] for one, two in rounds]
    row.limit, row.portal = statistics.median(limits), statistics.median(portals)
    row.ratio = row.portal / row.limit
    row.spread = (max(portals) - min(portals)) / row.portal
    row.goal, row.met = str(goal), goal.met(row)
    return row


def alone(row: Row, figures: Sequence[float], goal: Goal) -> Row:
    """As `from_rounds`, of a figure that has no limit beside it but a bound."""
    row.rounds = [[round(figure, 5)] for figure in figures]
    row.portal = statistics.median(figures)
    row.limit = goal.at_most if goal.at_most is not None else goal.at_least
    row.ratio = row.portal / row.limit
    row.spread = (max(figures) - min(figures)) / row.portal if row.portal else None
    row.goal, row.met = str(goal), goal.met(row)
    return row


def measure(row: Row, work: Callable[[Row], Row]) -> Row:
    """Does a work; what does not exist yet or came out wrong is said in its row, and the run goes on."""
    try:
        return work(row)
    except NotYet as reason:
        row.note = f"not measured: {reason}"
    except Wrong as what:
        row.wrong, row.met = str(what), False
    except Exception as error:  # one work that breaks must not lose the figures of the others
        traceback.print_exc()
        row.wrong, row.met = f"{type(error).__name__}: {error}", False
    return row


def status(rows: Iterable[Row]) -> int:
    """The exit status: 1 for a wrong result, never for a slow one."""
    return int(any(row.wrong for row in rows))


# --- Telling ---------------------------------------------------------------------------------------
def as_json(rows: Iterable[Row], path: Path) -> None:
    """Writes the rows, figures to five digits."""
    path.write_text(json.dumps([_rounded(asdict(row)) for row in rows], ensure_ascii=False, indent=1) + "\n")


def _rounded(row: dict) -> dict:
    return {key: float(f"{value:.5g}") if isinstance(value, float) else value for key, value in row.items()}


def table(rows: Iterable[Row]) -> str:
    """The rows as a table that a terminal and Markdown show alike."""
    head = [
        "work",
        "portal",
        "limit",
        "unit",
        "ratio",
        "goal",
        "met",
        "spread",
        "SQL",
        "best peer",
        "others' CPU",
    ]
    lines = [head, ["---"] * len(head)]
    for row in rows:
        lines.append(
            [
                row.work,
                _figure(row.portal),
                _figure(row.limit),
                row.unit,
                _figure(row.ratio),
                row.goal,
                "WRONG" if row.wrong else {True: "yes", False: "no", None: "–"}[row.met],
                "" if row.spread is None else f"{row.spread:.0%}",
                "" if row.queries is None else str(row.queries),
                row.peer,
                "" if row.busy is None else f"{row.busy:.0%}",
            ]
        )
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    )


def _figure(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
