"""How many shops wait for something, all told in one question: the dashboard asks it of everybody."""

import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from grids.frontage.cards import latest_statuses
from grids.models import FrontageAppeal, FrontageInspection, Merchant, Pledge, PledgeVersion


def waiting(
    shops: QuerySet[Merchant], *, for_whom: Any, today: datetime.date | None = None
) -> dict[str, int]:
    """Of these shops: `recheck` to be looked at again, `pledge` to sign the text in force, `appeal` with an objection
    that `for_whom` may decide on, having neither looked nor taken it down."""
    today = today or timezone.localdate()
    versions = PledgeVersion.objects.filter(committee=OuterRef("committee"), since__lte=today)
    signed = Pledge.objects.filter(merchant=OuterRef("pk"), version=OuterRef("current_version"))
    open_ones = FrontageAppeal.objects.filter(inspection__merchant=OuterRef("pk"), decision="")
    open_ones = open_ones.exclude(filed_by=for_whom.pk).exclude(inspection__inspector=for_whom.pk)
    asked = latest_statuses(shops).annotate(
        current_version=Subquery(versions.order_by("-since").values("pk")[:1]),
        has_signed=Exists(signed),
        objects=Exists(open_ones),
    )
    late = Q(latest_status=FrontageInspection.Status.UNFULFILLED, latest_rectify_by__lte=today)
    return asked.order_by().aggregate(
        recheck=Count("pk", filter=late),
        pledge=Count("pk", filter=Q(current_version__isnull=False, has_signed=False)),
        appeal=Count("pk", filter=Q(objects=True)),
    )
