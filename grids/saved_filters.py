"""Keeping the filters of the case list under a name, for oneself or for others of the same place."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from campaign.errors import Refused
from campaign.models import Committee, Community
from campaign.scoping import reach_of
from grids.filters import CaseFilter
from grids.models import SavedFilter

Shared = SavedFilter.Shared

MOST = 30
"""filters that one person keeps"""


def save(
    *,
    committee: Committee,
    owner: Any,
    name: str,
    query: str,
    shared: str = Shared.NOBODY,
    community: Community | None = None,
) -> SavedFilter:
    """Keep the filters in `query` (as in an address) under a name; the same name again holds the new filters.

    Raises Refused for filters that choose nothing or what the owner does not see, and for sharing with a place
    that the owner does not look after.
    """
    kept = _told(query, owner)
    if not kept:
        raise Refused(_("Choose filters first, then keep them."), "empty")
    community = community if shared == Shared.COMMUNITY else None
    if not may_share(owner, shared, committee, community):
        raise Refused(_("You can share filters with the place you look after."), "shared")
    mine = SavedFilter.objects.filter(owner=owner, committee=committee)
    if mine.exclude(name=name).count() >= MOST:
        raise Refused(_("You keep %(most)d filters already: remove one first.") % {"most": MOST}, "too_many")
    values = {"query": kept, "shared": shared, "community": community}
    row = SavedFilter(committee=committee, owner=owner, name=name, **values)
    row.clean_fields(exclude=["committee", "owner", "community"])
    row, _made = SavedFilter.objects.update_or_create(
        committee=committee, owner=owner, name=name, defaults=values
    )
    return row


def remove(row: SavedFilter, *, by: Any) -> None:
    """Keep it no longer. Raises Refused to who neither made it nor looks after the street."""
    if not may_remove(row, by):
        raise Refused(_("Whoever keeps a filter removes it."), "role")
    row.delete()


def may_remove(row: SavedFilter, user: Any) -> bool:
    reach = reach_of(user)
    shared = row.shared != Shared.NOBODY
    return row.owner_id == user.pk or (shared and (reach.everything or row.committee_id in reach.committees))


def may_share(user: Any, shared: str, committee: Committee, community: Community | None) -> bool:
    """Whether `user` may offer filters to all of that place."""
    reach = reach_of(user)
    whole = reach.everything or committee.pk in reach.committees
    if shared == Shared.COMMUNITY:
        return (
            community is not None
            and community.committee_id == committee.pk
            and (whole or community.pk in reach.communities | reach.near)
        )
    return shared == Shared.NOBODY or whole


def places_of(user: Any, committee: Committee) -> list[Community]:
    """The communities with which `user` may share."""
    places = Community.objects.visible_to(user).filter(committee=committee)
    return [place for place in places if may_share(user, Shared.COMMUNITY, committee, place)]


def _told(query: str, owner: Any) -> str:
    """The filters alone, in one order; nothing of the address that is no filter. Raises Refused for wrong ones."""
    sent = QueryDict(query[:2000])
    form = CaseFilter(sent, user=owner)
    if not form.is_valid():
        raise Refused(_("These filters do not fit together. Choose them anew."), "invalid")
    kept = QueryDict(mutable=True)
    for name in sorted(form.fields):
        if form.cleaned_data.get(name) and name in form.data:
            kept[name] = form.data[name]
    told = kept.urlencode()
    if len(told) > SavedFilter._meta.get_field("query").max_length:
        raise Refused(_("These filters are too long to be kept."), "too_long")
    return told
