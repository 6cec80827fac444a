"""The life of a case once more, written by hand from the trade's rules (domain.md §4.3) and not from the table.

What grids/workflow.py says is held against this by the walk over every pair of states and by the state machine.
"""

DISPATCH = {"official", "zone_leader"}
HANDLE = {"liaison", "zone_leader", "secretary", "clerk", "patroller"}
VERIFY = {"official", "zone_leader", "secretary", "patroller"}
CHECK = {"official", "zone_leader", "secretary", "clerk"}
ASK = HANDLE | {"official"}
AT_WORK = {"dispatched", "handling"}

# move: (from, to or None for "stays", who)
BOOK: dict[str, tuple[set[str], str | None, set[str]]] = {
    "file": ({"received"}, "filed", DISPATCH),
    "dispatch": ({"received", "filed"}, "dispatched", DISPATCH),
    "accept": ({"dispatched"}, "handling", HANDLE),
    "report_back": (AT_WORK, "handled", HANDLE),
    "return": (AT_WORK, "filed", HANDLE),
    "ask_extension": (AT_WORK, None, HANDLE),
    "ask_suspension": (AT_WORK, None, HANDLE),
    "extend": (AT_WORK, None, DISPATCH),
    "suspend": (AT_WORK, "suspended", DISPATCH),
    "refuse_application": (AT_WORK, None, DISPATCH),
    "resume": ({"suspended"}, "dispatched", DISPATCH),
    "ask": (AT_WORK, "waiting", ASK),
    "answer": ({"waiting"}, "handling", ASK | {"reporter"}),
    "wait_no_longer": ({"waiting"}, "handling", ASK),
    "verify": ({"handled"}, "closed", VERIFY),
    "rework": ({"handled"}, "dispatched", VERIFY),
    "close_not_fixed": ({"filed", "handled", "suspended"}, "not_fixed", DISPATCH),
    "reject": ({"received", "filed"}, "not_ours", DISPATCH),
    "merge": ({"received", "filed", "dispatched"}, "duplicate", DISPATCH),
    "withdraw": ({"received", "filed"}, "withdrawn", {"reporter"}),
    "recheck_stays": ({"closed"}, None, CHECK),
    "recheck_reopens": ({"closed"}, "filed", CHECK),
    "reopen": ({"closed", "not_fixed", "not_ours"}, "filed", DISPATCH),
}
BY_ANOTHER_HAND = {
    "verify", "rework", "extend", "suspend", "refuse_application", "close_not_fixed", "recheck_stays",
    "recheck_reopens",
}  # fmt: skip
NEEDS_A_REASON = {
    "return", "ask_extension", "ask_suspension", "extend", "suspend", "refuse_application", "ask", "answer",
    "rework", "close_not_fixed", "reject", "recheck_reopens", "reopen",
}  # fmt: skip


def leads(move: str, state: str) -> str | None:
    """Where the move leads from the state; None where it cannot be made."""
    come_from, goes_to, _who = BOOK[move]
    return (goes_to or state) if state in come_from else None
