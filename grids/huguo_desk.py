"""The office's desk in the demo: today's orders of the hotline, neighbours who met the same, kept filters, a batch."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from grids import cases, saved_filters
from grids.cases import bulk, followers
from grids.models import Case, CaseBatch, SavedFilter
from grids.workflow import State

SAID_AGAIN = "又有积水，下班时段行人绕行"
NEW_ORDER = "路口人行道有积水，请尽快处理"


def load(street: SimpleNamespace) -> None:
    """Through the same doors as people use. Nothing is done when the present has no case that waits."""
    official = street.users.official
    waiting = Case.objects.filter(committee=street.committee, state=State.RECEIVED).order_by(
        "-reported_at", "-pk"
    )
    known = waiting.filter(source=Case.Source.RESIDENT).first()
    if known is None:
        return
    _repeat(street, known, official)
    _keep_filters(street, official)
    fresh = waiting.exclude(pk=known.pk).exclude(source=Case.Source.HOTLINE).values("pk")[:2]
    batch = bulk.check(bulk.choose(Case.objects.filter(pk__in=fresh), by=official), "file", note="集中立案")
    if batch.state == CaseBatch.State.CHECKED:
        bulk.start(batch)


def _repeat(street: SimpleNamespace, known: Case, official: Any) -> None:
    """Two orders of the hotline about what a resident has reported already: one was merged, one is still to be."""
    for number, text in enumerate((SAID_AGAIN, NEW_ORDER), 1):
        order = cases.open(
            committee=known.committee,
            community=known.community,
            category=known.category,
            description=text,
            source=Case.Source.HOTLINE,
            by=official,
            zone=known.zone,
            address=known.address,
            reporter_phone=f"1280000{street.today:%m%d}"[:10] + str(number),
            external_number=f"{street.today:%Y%m%d}{number:04d}",
            now=street.now - timedelta(minutes=9 - number),
        )
        if number == 1:
            cases.move(order, "merge", by=official, merged_into=known)
    for number in (1, 2):
        followers.follow(known, phone=f"1290000010{number}", now=street.now)


def _keep_filters(street: SimpleNamespace, official: Any) -> None:
    Shared = SavedFilter.Shared
    for name, query, shared in (
        ("超期未结", "overdue=on", Shared.COMMITTEE),
        ("待派遣", "state=to_dispatch", Shared.COMMITTEE),
        ("热线工单", "source=hotline&state=open", Shared.NOBODY),
    ):
        saved_filters.save(committee=street.committee, owner=official, name=name, query=query, shared=shared)
    place = next(iter(street.communities.values()))
    if secretary := street.secretary_of.get(place.pk):
        saved_filters.save(
            committee=street.committee, owner=secretary, name="本社区未结",
            query=f"state=open&community={place.pk}", shared=Shared.COMMUNITY, community=place,
        )  # fmt: skip
