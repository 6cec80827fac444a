"""What can be done with a case. `open` and `move` alone write a case's state, and its history with it.

The table of moves is grids/workflow.py; this package asks it, inside one transaction, with the case locked.
One module a subject; what others call stands here: `from grids import cases`, `cases.move(...)`.
"""

from grids.cases import applications, rechecks
from grids.cases.answering import answer, end_waiting, question
from grids.cases.duplicates import likely, may_unmerge, place_of, unmerge
from grids.cases.explaining import explain_deadline
from grids.cases.followers import follow
from grids.cases.moving import LONGEST_EXTENSION, allowed, move
from grids.cases.notes import may_answer, may_note, note
from grids.cases.opening import open
from grids.cases.people import roles_in
from grids.cases.photos import add_photo
from grids.cases.routing import Proposal, proposal, proposal_for, route, zone_of
from grids.cases.undoing import undo
from grids.cases.writing import event_of, put_on_record, records_of, step
from grids.clocks import deadline

__all__ = [
    "LONGEST_EXTENSION",
    "Proposal",
    "add_photo",
    "allowed",
    "answer",
    "applications",
    "deadline",
    "end_waiting",
    "event_of",
    "explain_deadline",
    "follow",
    "likely",
    "may_answer",
    "may_note",
    "may_unmerge",
    "move",
    "note",
    "open",
    "place_of",
    "proposal",
    "proposal_for",
    "put_on_record",
    "question",
    "rechecks",
    "records_of",
    "roles_in",
    "route",
    "step",
    "undo",
    "unmerge",
    "zone_of",
]
