"""As what a person stands to a case: by appointment, by leading its zone, by having reported or handled it."""

from typing import Any

from django.utils import timezone

from campaign.models import Appointment
from campaign.roles import COMMITTEE_WIDE, COMMUNITY_WIDE, Role
from campaign.scoping import reach_of
from grids.models import Case
from grids.workflow import REPORTER


def roles_in(case: Case, user: Any) -> frozenset[str]:
    """As what `user` stands to `case` today: roles of appointments that reach its place, leader, reporter."""
    reach = reach_of(user)
    if reach.everything:
        return frozenset({Role.OFFICIAL})
    if not getattr(user, "pk", None):
        return frozenset()
    held = Appointment.objects.held_by(user, timezone.localdate()).filter(committee=case.committee_id)
    roles = {
        role
        for role, community, unit in held.values_list("role", "community", "unit")
        if role in COMMITTEE_WIDE
        or (role in COMMUNITY_WIDE | {Role.PATROLLER} and community == case.community_id)
        or (role == Role.LIAISON and unit is not None and unit == case.unit_id)
    }
    if case.zone and case.zone.leader_id == user.pk:
        roles.add(Role.ZONE_LEADER)
    if case.reporter_id == user.pk:
        roles.add(REPORTER)
    return frozenset(roles)


def had_a_hand_in(case: Case, by: Any) -> bool:
    """Whether the person handled the case, or once reported it as handled."""
    return case.handler_id == by.pk or case.events.filter(move="report_back", by=by).exists()


def took_part_in(case: Case) -> set[int]:
    """The keys of all who reported, handled, moved or noted anything in the case."""
    parties = {case.reporter_id, case.handler_id, *case.events.values_list("by", flat=True)}
    return {key for key in parties if key is not None}
