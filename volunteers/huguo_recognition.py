"""The demo's stars and certificates: every body and person in it is invented, every hour is in the ledger."""

import datetime
from datetime import timedelta
from types import SimpleNamespace

from django.utils import timezone

from volunteers import certificates, stars
from volunteers.models import HourEntry, Issuer, Volunteer

SITE = "http://127.0.0.1:8000/"
EARLIER = {0: 30, 1: 12, 2: 16, 3: 40, 4: 60}
"""how many Saturdays of five hours the first volunteers of the street gave before the year began"""


def load(street: SimpleNamespace, host: Volunteer) -> None:
    """Bodies that certify, hours of 2018 and 2019, stars confirmed and on notice, certificates at every step."""
    issuers = _issuers(street)
    veterans = _veterans(street, host)
    stars.propose(street.today - timedelta(days=20))
    stars.confirm(street.today)
    _a_day_more(veterans[5])
    stars.propose(street.today - timedelta(days=1))
    _certificates(street, host, issuers)


def _issuers(street: SimpleNamespace) -> dict[int, Issuer]:
    rows = [
        Issuer(
            committee=street.committee, community=community, name=f"{community.name}居民委员会（演示）",
            kind=Issuer.Kind.SELF_GOVERNMENT, person_in_charge="演示负责人", handler="演示经办人",
            telephone="0871-00000000",
        )
        for community in street.communities.values()
    ]  # fmt: skip
    return {row.community_id: row for row in Issuer.objects.bulk_create(rows)}


def _veterans(street: SimpleNamespace, host: Volunteer) -> list[Volunteer]:
    """The demo's volunteer and who registered first, with the hours they had served before."""
    first = Volunteer.objects.filter(committee=street.committee, left_on=None).exclude(pk=host.pk)
    people = [host, *first.order_by("joined_on", "pk")[:5]]
    HourEntry.objects.bulk_create(
        _line(people[number], datetime.date(2019, 12, 28) - timedelta(weeks=week))
        for number, weeks in EARLIER.items()
        for week in range(weeks)
        if datetime.date(2019, 12, 28) - timedelta(weeks=week) > people[number].joined_on
    )
    return people


def _a_day_more(person: Volunteer) -> None:
    """Brings one person just over the first threshold, so that there is a notice to look at."""
    HourEntry.objects.bulk_create(
        _line(person, datetime.date(2019, 6, 29) - timedelta(weeks=week)) for week in range(20)
    )


def _line(person: Volunteer, day: datetime.date) -> HourEntry:
    entered = datetime.datetime.combine(day, datetime.time(18), tzinfo=timezone.get_current_timezone())
    return HourEntry(
        committee_id=person.committee_id, community_id=person.community_id, volunteer=person,
        what="周末社区服务", day=day, minutes=300, reason=HourEntry.Reason.SERVED, entered_at=entered,
    )  # fmt: skip


def _certificates(street: SimpleNamespace, host: Volunteer, issuers: dict[int, Issuer]) -> None:
    """One issued, one on notice, one just asked for."""
    year, official = datetime.date(2020, 1, 1), street.users.official
    for step in range(3):
        asked = certificates.request(
            host, issuer=issuers[host.community_id], by=host.user, first_day=year,
            last_day=datetime.date(2020, 12 - step, 28), purpose=("入党积极分子考察", "求职", "")[step],
        )  # fmt: skip
        if step < 2:
            noticed = street.today - timedelta(days=10 if step == 0 else 2)
            asked = certificates.put_on_notice(asked, by=official, day=noticed)
        if step == 0:
            certificates.issue(asked, by=official, site=SITE, day=street.today)
