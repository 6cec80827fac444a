"""What can be done with a whistle (吹哨报到). `blow`, `move` and `answer` alone write a whistle's states.

The tables of steps are in grids/whistleflow.py; this package asks them, inside one transaction, with the whistle
locked. One module a subject; what others call stands here: `from grids import whistles`, `whistles.blow(...)`.
"""

from grids.whistles.blowing import blow
from grids.whistles.clocks import limits_of
from grids.whistles.links import answer_by_link, follow, give_link, revoke_link, token_of
from grids.whistles.parties import may_blow, parties
from grids.whistles.stepping import allowed, allowed_by_link, answer, answerable, move

__all__ = [
    "allowed",
    "allowed_by_link",
    "answer",
    "answer_by_link",
    "answerable",
    "blow",
    "follow",
    "give_link",
    "limits_of",
    "may_blow",
    "move",
    "parties",
    "revoke_link",
    "token_of",
]
