"""Whether the machine had something else to do while we measured (Linux; elsewhere nothing is said)."""

import os
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")


class Watch:
    """Looks at the processors from its making on: what part of them others took."""

    def __init__(self) -> None:
        self.others_at_most = 0.0
        self._begin()

    def _begin(self) -> None:
        self._whole, self._busy, self._own = *_machine(), _own()

    def lap(self) -> float:
        """The part of all processors that others took since the last lap, 0 to 1; the host's theft counts too."""
        whole, busy, own = *_machine(), _own()
        gone = whole - self._whole
        if gone < TICKS / 2:  # too short to say anything
            return 0.0
        others = max(0.0, (busy - self._busy) - (own - self._own)) / gone
        self._whole, self._busy, self._own = whole, busy, own
        self.others_at_most = max(self.others_at_most, others)
        return others


def load_average() -> float:
    """Of the last minute."""
    return os.getloadavg()[0]


def _machine() -> tuple[int, int]:
    """All ticks of all processors since boot, and those not idle."""
    try:
        ticks = [int(word) for word in (PROC / "stat").read_text().split("\n", 1)[0].split()[1:9]]
    except OSError:
        return 0, 0
    return sum(ticks), sum(ticks) - ticks[3] - ticks[4]


def _own() -> int:
    """Ticks of this process, its children and theirs, those that have ended included."""
    used = 0
    for pid in family():
        try:
            fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
            used += sum(int(field) for field in fields[11:15])
        except OSError:
            continue
    return used


def family(root: int | None = None) -> set[int]:
    """`root` (by default this process) and everything that it started and that still runs."""
    children: dict[int, list[int]] = {}
    for entry in PROC.glob("[0-9]*/stat") if PROC.exists() else ():
        try:
            parent = int(entry.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        children.setdefault(parent, []).append(int(entry.parent.name))
    found, open_ = set(), [root or os.getpid()]
    while open_:
        pid = open_.pop()
        found.add(pid)
        open_ += children.get(pid, [])
    return found


def memory(root: int) -> tuple[float, float]:
    """MiB that `root` and all it started hold: each shared page once (PSS), and each as often as mapped (RSS)."""
    pss = rss = 0
    for pid in family(root):
        try:
            lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
        pss, rss = pss + sizes["Pss"], rss + sizes["Rss"]
    return pss / 1024, rss / 1024
