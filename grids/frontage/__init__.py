"""Three duties at the shop door (门前三包): what can be done with a shop, one subject a module."""

from grids.frontage.appeals import appeal, decide
from grids.frontage.cards import (
    Card,
    card,
    card_for,
    colour_of,
    latest_statuses,
    scheme_on,
    set_scheme,
    status_of,
)
from grids.frontage.checks import Verdict, inspect, items_on, judge, standard_on, to_recheck
from grids.frontage.pledges import sign, to_pledge, version_on
from grids.frontage.publication import publish, withdraw
from grids.frontage.register import answers_for, enter, road_of, standing
from grids.frontage.waiting import waiting

__all__ = [
    "Card",
    "Verdict",
    "answers_for",
    "appeal",
    "card",
    "card_for",
    "colour_of",
    "decide",
    "enter",
    "inspect",
    "items_on",
    "judge",
    "latest_statuses",
    "publish",
    "road_of",
    "scheme_on",
    "set_scheme",
    "sign",
    "standard_on",
    "standing",
    "status_of",
    "to_pledge",
    "to_recheck",
    "version_on",
    "waiting",
    "withdraw",
]
