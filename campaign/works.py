"""Works for the people's livelihood: entered when begun, counted from the day of acceptance."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign import organisation
from campaign.errors import Refused
from campaign.models import Facility, Site, WorkItem
from campaign.roles import may


def save(work: WorkItem, by: Any) -> WorkItem:
    """Write a new or changed piece of work. Raises Refused for another's community or impossible days."""
    _check_writer(work.community, by)
    with transaction.atomic():
        if work.pk and by is not None:
            before = WorkItem.objects.select_for_update(of=("self",)).get(pk=work.pk)
            if not before.is_visible_to(by):
                raise Refused(_("This work belongs to others."), "not_yours")
        work.committee = work.community.committee
        _check_sense(work)
        work.full_clean()
        work.save()
    return work


@transaction.atomic
def accept(work: WorkItem, day: datetime.date, by: Any) -> WorkItem:
    """Say that a piece of work was accepted on `day`: from then on it counts."""
    locked = WorkItem.objects.select_for_update(of=("self",)).get(pk=work.pk)
    locked.accepted_on = day
    return save(locked, by)


def save_site(site: Site, by: Any) -> Site:
    """Write a courtyard, lane or street."""
    _check_writer(site.community, by)
    site.committee = site.community.committee
    site.full_clean()
    site.save()
    return site


def install(facility: Facility, by: Any) -> Facility:
    """Write down what now stands at a site."""
    _check_writer(facility.site.community, by)
    if facility.installed_on > timezone.localdate():
        raise Refused(_("The day is still to come. Enter what has been done."), "future_day")
    facility.full_clean()
    facility.save()
    return facility


def save_many(works: Iterable[WorkItem]) -> int:
    """Write works that a program brings; each is checked, all or nothing."""
    works = list(works)
    for work in works:
        _check_sense(work)
    WorkItem.objects.bulk_create(works, batch_size=500)
    return len(works)


def _check_writer(community: Any, by: Any) -> None:
    if by is not None and not may(by, "works.enter"):
        raise Refused(_("Works are entered by the street and the communities."), "not_yours")
    organisation.refuse_strangers(by, community, _("You can enter only for your own community."))


def _check_sense(work: WorkItem) -> None:
    if work.accepted_on and work.accepted_on > timezone.localdate():
        raise Refused(_("The day is still to come. Enter what has been done."), "future_day")
    if work.begun_on and work.accepted_on and work.begun_on > work.accepted_on:
        raise Refused(_("It cannot be accepted before it was begun."), "accepted_before_begun")
    if work.site and work.site.community_id != work.community_id:
        raise Refused(_("The site lies in another community."), "other_community")
    if work.kind == WorkItem.Kind.RENOVATION and not work.site:
        raise Refused(_("Say which courtyard or lane was renovated."), "site_missing")
    if work.contractor and work.contractor.committee_id != work.committee_id:
        raise Refused(_("It belongs to another street."), "other_street")
