"""The demo's shops: duties, an edition of items, pledges in two versions, looks, some objections."""

import datetime
import random
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone

from grids import frontage, huguo_points
from grids import huguo_cards as words
from grids.models import (
    CardScheme,
    FrontageAppeal,
    FrontageDuty,
    FrontageFinding,
    FrontageInspection,
    FrontageItem,
    FrontageStandard,
    Merchant,
    Pledge,
    PledgeVersion,
    Publication,
)

Day = datetime.date
SHOPS = 602
DUTIES = (
    ("order", "包秩序", "门前无店外经营、占道堆放、乱贴乱挂，车辆停放有序，不用高音喇叭招揽。"),
    ("hygiene", "包卫生", "门前无垃圾、污水、油渍、积尘、烟蒂，垃圾桶保持整洁。"),
    ("greenery", "包绿化", "树木花草无钉挂、晾晒，树池绿地内无杂物。"),
)
# duty, item, full score, veto, how often it is met
ITEMS = (
    ("order", "无店外经营、占道堆放", 20, False, 0.93),
    ("order", "无乱贴乱挂", 10, False, 0.95),
    ("order", "车辆停放有序", 10, False, 0.93),
    ("order", "无高音喇叭招揽", 5, False, 0.98),
    ("hygiene", "无垃圾、烟蒂", 15, False, 0.93),
    ("hygiene", "无污水、油渍、积尘", 15, False, 0.94),
    ("hygiene", "垃圾桶整洁不满溢", 10, False, 0.96),
    ("greenery", "树木花草无钉挂、晾晒", 10, False, 0.98),
    ("greenery", "树池绿地无杂物", 5, False, 0.97),
)
PLEDGE = (
    "本店自愿履行门前三包责任，范围为门前两侧共墙中心线之间、至人行道路沿石外侧：\n"
    "一、包秩序：不店外经营，不占道堆放，不乱贴乱挂，引导车辆有序停放；\n"
    "二、包卫生：保持门前地面干净，垃圾入桶，不倾倒污水、油渍；\n"
    "三、包绿化：爱护树木花草，不钉挂、不晾晒，及时清理树池杂物。"
)
PLEDGE_2 = PLEDGE + "\n四、接受街道检查，对检查结果有异议的，可以向街道办事处提出。"


def load(street: SimpleNamespace, rng: random.Random) -> SimpleNamespace:
    """Write the shops and what was found at their doors. Deterministic for a seed, except for today."""
    CardScheme.objects.create(
        committee=street.committee,
        since=street.first,
        fulfilled=CardScheme.Colour.RED,
        unfulfilled=CardScheme.Colour.GREEN,
    )
    standard = _standard(street)
    merchants = _write(Merchant, _shops(street, rng))
    _pledges(street, rng, merchants)
    looks, findings = [], []
    for shop in merchants:
        days = _days(street, rng, shop)
        for number, day in enumerate(days):
            look, found = _look(street, rng, standard, shop, day)
            looks.append(look)
            findings += found
            again = look.rectify_by
            before_next = again and again < (days[number + 1] if number + 1 < len(days) else street.today)
            if before_next and rng.random() < 0.9:  # put right, and looked at again
                looks.append(_look(street, rng, standard, shop, again, mended=True)[0])
    _write(FrontageInspection, looks)
    _write(FrontageFinding, findings)
    _objections(street, looks)
    return SimpleNamespace(merchants=len(merchants), inspections=len(looks))


def _write(model: type[Model], rows: Any) -> list[Any]:
    """Insert rows in bulk, past the marks."""
    return QuerySet(model=model).bulk_create(rows, batch_size=2000)


def _standard(street: SimpleNamespace) -> SimpleNamespace:
    duties = {
        code: FrontageDuty.objects.create(
            committee=street.committee, code=code, name=name, text=text, order=order
        )
        for order, (code, name, text) in enumerate(DUTIES, 1)
    }
    edition = FrontageStandard.objects.create(
        committee=street.committee, edition=f"{street.year}版", since=street.first, pass_percent=90
    )
    items = [
        FrontageItem(standard=edition, duty=duties[duty], order=order, text=text, full_score=score, veto=veto)
        for order, (duty, text, score, veto, _met) in enumerate(ITEMS, 1)
    ]
    return SimpleNamespace(edition=edition, items=_write(FrontageItem, items))


def _position(place: str, number: int) -> dict[str, Decimal]:
    """Somewhere in the community, for every third shop: positions are noted as inspectors come by."""
    if number % 3:
        return {}
    longitude, latitude = huguo_points.somewhere(place, random.Random(number))  # noqa: S311
    return {"longitude": longitude, "latitude": latitude}


def _shops(street: SimpleNamespace, rng: random.Random) -> list[Merchant]:
    shops: dict[tuple[str, str], Merchant] = {}
    places = list(words.STREETS)
    while len(shops) < SHOPS:
        place = places[len(shops) % len(places)]
        name = rng.choice(words.SHOP_FIRST) + rng.choice(words.SHOP_LAST)
        road = rng.choice(words.STREETS[place])
        address = f"{road}{rng.randrange(1, 260)}号"
        day = street.first + timedelta(days=rng.choice((0, 0, 0, rng.randrange(200))))
        number = len(shops) + 1
        shops.setdefault(
            (name, address),
            Merchant(
                plate=f"HG{number:04d}{rng.randrange(16**6):06x}",
                committee=street.committee,
                community=street.communities[place],
                zone=street.zone_at[place],
                name=name,
                address=address,
                road=frontage.road_of(road) or road,
                phone=f"12{number:09d}",
                left_bound="左邻商铺",
                right_bound="右邻商铺",
                length_m=rng.randrange(30, 180) / 10,
                depth_m=rng.randrange(20, 60) / 10,
                pledged_on=day,
                is_public=number % 12 != 0,
                since=day,
                **_position(place, number),
            ),
        )
    return list(shops.values())


def _pledges(street: SimpleNamespace, rng: random.Random, merchants: list[Merchant]) -> None:
    """All signed the first text; the second one, of a month ago, is signed by most, and waits for the others."""
    official, now = street.users.official, timezone.now()
    first = PledgeVersion.objects.create(
        committee=street.committee, version=f"{street.year}版", since=street.first, text=PLEDGE
    )
    second = PledgeVersion.objects.create(
        committee=street.committee,
        version="修订版",
        since=street.today - timedelta(days=30),
        text=PLEDGE_2,
    )
    rows = [Pledge(merchant=shop, version=first, signed_on=shop.pledged_on) for shop in merchants]
    again = [
        Pledge(merchant=shop, version=second, signed_on=second.since + timedelta(days=rng.randrange(25)))
        for shop in merchants
        if rng.random() < 0.92
    ]
    for pledge in again:
        pledge.merchant.pledged_on = pledge.signed_on
    _write(Pledge, rows + again)
    QuerySet(model=Merchant).bulk_update(
        [pledge.merchant for pledge in again], ["pledged_on"], batch_size=300
    )
    shown = [
        Publication(merchant=shop, shown=True, because="责任书已签，同意公开", by=official, at=now)
        for shop in merchants
        if shop.is_public
    ]
    _write(Publication, shown)


def _days(street: SimpleNamespace, rng: random.Random, shop: Merchant) -> list[Day]:
    span = (street.last - shop.since).days + 1
    days = sorted({shop.since + timedelta(days=rng.randrange(span)) for _look in range(5)})
    if rng.random() < 0.8:  # the present: a look within the last eight weeks
        days.append(street.today - timedelta(days=rng.randrange(1, 56)))
    return days


def _look(
    street: SimpleNamespace,
    rng: random.Random,
    standard: SimpleNamespace,
    shop: Merchant,
    day: Day,
    mended: bool = False,
) -> tuple[FrontageInspection, list[FrontageFinding]]:
    """A look by the rule itself: the answers are drawn, score and status follow."""
    better = 0.02 * min(1.0, (day - street.first).days / 366)
    answers = {
        item: "yes" if mended or rng.random() < met + better else "no"
        for item, (_duty, _text, _score, _veto, met) in zip(standard.items, ITEMS, strict=True)
    }
    verdict = frontage.judge(standard.edition, answers)
    kept = verdict.status == FrontageInspection.Status.FULFILLED
    look = FrontageInspection(
        merchant=shop,
        standard=standard.edition,
        day=day,
        score=verdict.score,
        full_score=verdict.full_score,
        status=verdict.status,
        valid_until=day + timedelta(days=standard.edition.valid_days),
        rectify_by=None if kept else day + timedelta(days=standard.edition.rectify_days),
        note="" if kept else "已告知限期整改",
        inspector=shop.zone.leader,
    )
    found = [
        FrontageFinding(inspection=look, item=item, value=value)
        for item, value in answers.items()
        if value != "yes"
    ]
    return look, found


def _objections(street: SimpleNamespace, looks: list[FrontageInspection]) -> None:
    """Two of the latest findings are objected to; one waits for a decision."""
    late = [
        look
        for look in looks
        if look.status == "unfulfilled" and look.day >= street.today - timedelta(days=14)
    ][:2]
    secretary = next(iter(street.users.secretaries.values()))
    rows = [
        FrontageAppeal(
            inspection=look,
            text="检查时正在卸货，半小时内已清理完毕。",
            filed_at=timezone.now(),
            filed_by=secretary,
        )
        for look in late
    ]
    for row in rows[1:]:
        row.decision, row.reason = "rejected", "照片显示占道超过两小时，维持检查结果。"
        row.decided_by, row.decided_at = street.users.official, timezone.now()
    _write(FrontageAppeal, rows)
