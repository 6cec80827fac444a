"""As what a person, or a unit that came through its link, stands to a whistle and to one of its tasks."""

from typing import Any

from campaign.models import Community
from campaign.roles import may
from campaign.scoping import reach_of
from grids.models import Case, Whistle, WhistleTask
from grids.whistleflow import Party


def parties(whistle: Whistle, task: WhistleTask | None, user: Any) -> frozenset[str]:
    """As what `user` stands to the whistle, and to the task where one is meant."""
    reach, found = reach_of(user), set()
    if reach.everything or whistle.committee_id in reach.committees:
        found.add(Party.STREET)
        if whistle.raised_by_id != user.pk:
            found.add(Party.SECOND)
    if getattr(user, "pk", None) == whistle.raised_by_id:
        found.add(Party.RAISER)
    return frozenset(found) | of_units(task, reach.units)


def of_units(task: WhistleTask | None, units: frozenset[int]) -> frozenset[str]:
    """As what those who answer for `units` stand to the task."""
    if task is None:
        return frozenset()
    found = set()
    if task.unit_id in units:
        found.add(Party.UNIT)
    if task.proposed_id in units:
        found.add(Party.PROPOSED)
    return frozenset(found)


def may_blow(user: Any, committee_id: int, community: Community | None, case: Case | None) -> bool:
    """Whether `user` may raise a whistle there: the street anywhere, a community at home, a zone leader for a
    case of the own zone."""
    reach = reach_of(user)
    if reach.everything or committee_id in reach.committees:
        return True
    if not may(user, "whistles.blow"):
        return False
    if case is not None and case.zone and case.zone.leader_id == user.pk:
        return True
    return community is not None and community.pk in reach.communities
