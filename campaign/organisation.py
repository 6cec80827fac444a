"""Reads of the 1+3+7+n: for which places a person may enter something, and the whole of it as a chart."""

from typing import Any

from django.db.models import Q, QuerySet

from campaign.errors import Refused
from campaign.models import Community, Unit
from campaign.scoping import reach_of


def communities_run_by(user: Any) -> QuerySet[Community]:
    """The communities in whose name `user` may write: an official's whole street, a secretary's own, and the
    community of the unit that a liaison is appointed at. Narrower than what may be looked up."""
    reach = reach_of(user)
    if reach.everything:
        return Community.objects.all()
    own_units = Unit.objects.filter(pk__in=reach.units).exclude(community=None).values("community")
    return Community.objects.filter(
        Q(committee__in=reach.committees) | Q(pk__in=reach.communities) | Q(pk__in=own_units)
    )


def units_spoken_for_by(user: Any) -> QuerySet[Unit]:
    """The units in whose name `user` may write: those of the street, of the own community, a liaison's own."""
    reach = reach_of(user)
    if reach.everything:
        return Unit.objects.all()
    return Unit.objects.filter(
        Q(committee__in=reach.committees) | Q(community__in=reach.communities) | Q(pk__in=reach.units)
    )


def has_community(user: Any, community: Community | None) -> bool:
    """Whether `user` may write in the name of `community`; the system (None) may."""
    return user is None or (
        community is not None and communities_run_by(user).filter(pk=community.pk).exists()
    )


def refuse_strangers(user: Any, community: Community | None, message: str) -> None:
    """Raise Refused with `message` unless `user` may write for `community`."""
    if not has_community(user, community):
        raise Refused(message, "not_yours")
