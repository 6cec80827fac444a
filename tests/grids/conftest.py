"""What the tests of the streets stand on: a zone, a point, a check-list, a plan, and a photo to send."""

import datetime
import io
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from grids.models import CaseCategory, Checklist, ChecklistItem, PatrolPlan, PlanTurn, Point, PointType, Zone
from tests.cast import SINCE, cast

__all__ = ["cast"]


def photo(colour: str = "red") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "JPEG")
    return SimpleUploadedFile("photo.jpg", out.getvalue(), "image/jpeg")


@pytest.fixture
def streets(cast: SimpleNamespace) -> SimpleNamespace:
    """The cast, and in community A: a zone with its leader, two points, a card of two standards, a daily plan."""
    zone = Zone.objects.create(
        committee=cast.huguo,
        number=1,
        name="一区",
        leader=cast.zone_leader,
        deputy_director_at=cast.a,
        since=SINCE,
    )
    zone.communities.add(cast.a)
    type = PointType.objects.create(committee=cast.huguo, code="lane", name="背街小巷")
    litter = CaseCategory.objects.create(
        committee=cast.huguo, code="101", name="暴露垃圾", fix_limit=4, unit=cast.unit_a
    )
    paving = CaseCategory.objects.create(committee=cast.huguo, code="102", name="道路破损", fix_limit=16)
    checklist = Checklist.objects.create(
        committee=cast.huguo, point_type=type, title="背街小巷", edition="2020"
    )
    clean = ChecklistItem.objects.create(checklist=checklist, order=1, text="无暴露垃圾", category=litter)
    whole = ChecklistItem.objects.create(
        checklist=checklist, order=2, text="路面平整", category=paving, photo_needed=True
    )
    points = [
        Point.objects.create(
            committee=cast.huguo,
            community=cast.a,
            zone=zone,
            type=type,
            name=name,
            unit=cast.unit_a,
            since=SINCE,
        )
        for name in ("头道巷", "庆云街")
    ]
    plan = PatrolPlan.objects.create(
        committee=cast.huguo,
        community=cast.a,
        zone=zone,
        name="每日巡查",
        checklist=checklist,
        rule="FREQ=DAILY",
        first_day=datetime.date(2026, 11, 2),
        start_time=datetime.time(9, 0),
    )
    plan.points.set(points)
    for order, patroller in enumerate((cast.patroller, cast.zone_leader)):
        PlanTurn.objects.create(plan=plan, order=order, patroller=patroller)
    return SimpleNamespace(
        **vars(cast),
        zone=zone,
        litter=litter,
        paving=paving,
        checklist=checklist,
        clean=clean,
        whole=whole,
        points=points,
        point=points[0],
        plan=plan,
    )


@pytest.fixture
def scene(streets: SimpleNamespace) -> SimpleNamespace:
    """The streets with a patrol of this hour, cases and shops in A, in B and in the other street."""
    from tests.grids.scene import set_up

    return set_up(streets)
