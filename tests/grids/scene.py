"""What the tests of pages, admin and API stand on: today's patrol, a case of A, one of B, one of the other street."""

import datetime
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from grids.models import (
    CardScheme,
    Case,
    CaseCategory,
    FrontageDuty,
    FrontageItem,
    FrontageStandard,
    Merchant,
    Patrol,
)
from tests.cast import SINCE


def case_at(committee: Any, community: Any, category: Any, **given: Any) -> Case:
    now = timezone.now()
    values = {
        "source": "resident",
        "description": "路边有垃圾",
        "reported_at": now,
        "reported_on": now.date(),
    }
    return Case.objects.create(
        committee=committee, community=community, category=category, **{**values, **given}
    )


def shop_at(committee: Any, community: Any, name: str) -> Merchant:
    return Merchant.objects.create(
        committee=committee,
        community=community,
        name=name,
        address=f"{name}门前",
        since=SINCE,
        is_public=True,
    )


def standard_of(committee: Any, **given: Any) -> FrontageStandard:
    """An edition of three items, one for each duty: 40, 40 and a veto of 20 points."""
    standard = FrontageStandard.objects.create(committee=committee, edition="2020", since=SINCE, **given)
    for order, (code, name, score) in enumerate(
        (("order", "包秩序", 40), ("hygiene", "包卫生", 40), ("greenery", "包绿化", 20)), 1
    ):
        duty = FrontageDuty.objects.create(
            committee=committee, code=code, name=name, text=f"{name}的要求", order=order
        )
        FrontageItem.objects.create(
            standard=standard, duty=duty, order=order, text=f"{name}到位", full_score=score, veto=score == 20
        )
    return standard


def set_up(streets: SimpleNamespace) -> SimpleNamespace:
    now = timezone.now()
    begin = now - datetime.timedelta(minutes=1)
    far_category = CaseCategory.objects.create(committee=streets.other, code="101", name="远方垃圾")
    patrol = Patrol.objects.create(
        plan=streets.plan, committee=streets.huguo, community=streets.a, zone=streets.zone,
        starts_at=begin, ends_at=now + datetime.timedelta(hours=1), day=timezone.localdate(begin),
        patroller=streets.patroller,
    )  # fmt: skip
    CardScheme.objects.create(committee=streets.huguo, since=SINCE)
    standard = standard_of(streets.huguo)
    return SimpleNamespace(
        **vars(streets),
        patrol=patrol,
        items=list(standard.items.order_by("order")),
        case=case_at(
            streets.huguo, streets.a, streets.litter, zone=streets.zone, reporter_phone="12012345678"
        ),
        case_b=case_at(streets.huguo, streets.b, streets.litter, description="乙处的垃圾"),
        case_far=case_at(streets.other, streets.far, far_category, description="远方的垃圾"),
        far_category=far_category,
        shop=shop_at(streets.huguo, streets.a, "甲店"),
        shop_b=shop_at(streets.huguo, streets.b, "乙店"),
        shop_far=shop_at(streets.other, streets.far, "远方店"),
    )
