"""How far a person's appointments reach today."""

from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.utils import timezone

from campaign.roles import COMMITTEE_WIDE, COMMUNITY_WIDE, UNIT_WIDE


@dataclass(frozen=True)
class Reach:
    """The places where a person's appointments of today put them."""

    everything: bool = False
    committees: frozenset[int] = frozenset()
    """committees seen whole"""
    communities: frozenset[int] = frozenset()
    """communities seen whole"""
    units: frozenset[int] = frozenset()
    """units whose assigned rows are seen"""
    member_of: frozenset[int] = frozenset()
    """committees in which the person has any appointment at all: opens dictionaries and reference rows"""
    near: frozenset[int] = frozenset()
    """communities in which the person has any appointment at all"""
    roles: frozenset[str] = field(default_factory=frozenset)

    def may(self, *roles: str) -> bool:
        """Whether the person holds one of the roles anywhere."""
        return self.everything or not self.roles.isdisjoint(roles)


NOWHERE = Reach()


def reach_of(user: Any) -> Reach:
    """The reach of `user` today, read once a request: it is kept on the user object, never across requests.

    `user` may be AnonymousUser or None, whose reach is nothing.
    """
    if user is None or not getattr(user, "is_authenticated", False) or not user.is_active:
        return NOWHERE
    kept = getattr(user, "_reach", None)
    today = timezone.localdate()
    if kept is not None and kept[0] == today:
        return kept[1]
    reach = Reach(everything=True) if user.is_superuser else _read(user, today)
    user._reach = (today, reach)
    return reach


def forget(user: Any) -> None:
    """Read the appointments of `user` again at the next question."""
    if hasattr(user, "_reach"):
        del user._reach


def _read(user: Any, today: Any) -> Reach:
    held = apps.get_model("campaign", "Appointment").objects.held_by(user, today)
    rows = list(held.values_list("role", "committee_id", "community_id", "unit_id", "unit__community_id"))
    return Reach(
        committees=frozenset(row[1] for row in rows if row[0] in COMMITTEE_WIDE),
        communities=frozenset(row[2] for row in rows if row[0] in COMMUNITY_WIDE and row[2]),
        units=frozenset(row[3] for row in rows if row[0] in UNIT_WIDE and row[3]),
        member_of=frozenset(row[1] for row in rows),
        near=frozenset(place for row in rows for place in (row[2], row[4]) if place),
        roles=frozenset(row[0] for row in rows),
    )
