"""The demo street: the campaign that a newspaper article of November 2020 describes, as individual records.

Every figure of the article comes out as a sum or count of rows; none is stored as a figure. People and
telephone numbers are invented. What the article leaves open is said in a note of the row.
"""

import datetime
import random
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

from django.conf import settings
from django.contrib.auth.hashers import make_password

from accounts.models import User
from campaign import publicity, registry, tallies, works
from campaign.models import (
    Appointment,
    Committee,
    Community,
    Facility,
    Goal,
    PublicityEntry,
    Site,
    Stage,
    Story,
    Team,
    Unit,
    WorkItem,
)
from campaign.roles import Role

Day = datetime.date
Say = Callable[[object], None]

YEAR = 2020
SINCE = Day(YEAR, 1, 1)
LAST = Day(YEAR, 12, 31)

COMMUNITIES: dict[str, tuple[str, str]] = {
    # name: (what it is known for, note)
    "威远街": (
        "背街小巷整治与居民议事相结合，共管共治。",
        "报道未列出第七个社区的名称，此处据社区地名由来表推定为威远街社区。",
    ),
    "南屏街": ("依托南屏步行街广场特色，在无物业小区引进“红色物业”。", ""),
    "祥云街": ("以丰富的文化活动带动辖区企业投入创建工作。", ""),
    "青年路": ("倡导商户诚信经营，弘扬新风尚，开展民族团结和红色教育。", ""),
    "景星街": ("利用在职党员“双报到双报告”，组织人员开展创文宣传。", ""),
    "金牛街": ("开展环境卫生建设，督促居民参与创建、自主维护创建成效。", ""),
    "文庙": ("在无人管理的院落组建居民自管小组。", ""),
}
PLACES: dict[str, tuple[str, ...]] = {
    "威远街": ("威远街口", "头道巷", "威远街社区服务站", "武成路公交站"),
    "南屏街": ("南屏步行街广场", "南强街巷", "南屏街地铁口", "南屏街社区服务站"),
    "祥云街": ("祥云街小广场", "庆云街", "祥云街农贸市场", "祥云街社区服务站"),
    "青年路": ("青年路沿街", "兴华街", "青年路公交站", "青年路社区服务站"),
    "景星街": ("景星街花鸟市场", "景星街口", "光华街", "景星街社区服务站"),
    "金牛街": ("江滨西路", "金牛街小游园", "金牛街口", "金牛街社区服务站"),
    "文庙": ("文庙直街", "鞋善巷", "文庙广场", "文庙社区服务站"),
}
CIVILISED = (
    "云南省林业调查规划院营林分院", "护国中心小学", "南屏影剧院", "祥云百货商场", "青年路邮政所", "景星幼儿园",
    "金牛街供电所", "文庙图书馆", "威远街卫生院", "南屏街银行营业部", "庆云街税务所", "兴华街中学",
    "景星街文化馆", "江滨西路水务所", "文庙小学", "威远街通信营业厅", "南强街博物馆", "祥云街敬老院",
    "青年路书城", "光华街药品检验所", "金牛街公交场站", "文庙社区医院", "武成路宾馆", "南屏街地铁运营部", "庆云街档案馆",
)  # fmt: skip
DEPARTMENTS = (
    "城管执法中队", "环卫站", "市政维护站", "园林所", "派出所", "市场监管所", "公房管理所", "司法所", "综合文化站",
)  # fmt: skip
TRADES = ("餐饮", "百货", "药房", "书店", "茶业", "鲜花", "物业", "酒店")
FIRM_NAMES = ("和顺", "春晓", "云岭", "翠湖", "滇味", "金碧")  # × trades = 48 firms
CARING = 28

# The six places that the article names, each in the community where the demo puts it, and what now stands there.
RENOVATED: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "庆云街91号院": ("祥云街", "courtyard", ("gate", "camera", "party_room", "council_corner")),
    "庆云街93号院": ("祥云街", "courtyard", ("gate", "camera", "mediation_room")),
    "南强街92号院": ("南屏街", "courtyard", ("gate", "camera", "party_room", "council_corner", "mediation_room")),
    "头道巷38号": ("威远街", "courtyard", ("gate", "camera", "council_corner")),
    "兴华街2号": ("青年路", "courtyard", ("gate", "camera", "mediation_room")),
    "鞋善巷": ("文庙", "lane", ("camera", "council_corner")),
}  # fmt: skip
STAGES = (
    ("动员部署阶段", Day(YEAR, 1, 1), Day(YEAR, 3, 31)),
    ("全面推进阶段", Day(YEAR, 4, 1), Day(YEAR, 7, 31)),
    ("攻坚提升阶段", Day(YEAR, 8, 1), Day(YEAR, 10, 31)),
    ("巩固提升阶段", Day(YEAR, 11, 1), Day(YEAR, 12, 31)),
)
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜谢邹章苏潘葛范彭鲁韦马方袁柳史唐"
GIVEN = "安岚晨川德恩帆谷涵嘉景凯澜铭宁诺佩清荣森书桐唯文湘晓雅易云泽之致舟竹卓子"


def invented_name(rng: random.Random) -> str:
    """A name drawn by lot."""
    return rng.choice(SURNAMES) + "".join(rng.choice(GIVEN) for _sign in range(rng.choice((1, 2, 2))))


# --- The street, on which every app builds its part -------------------------------------------------
def build(today: Day, seed: int) -> SimpleNamespace:
    """The organisation and its people, since the first of January 2020.

    Holds committee, communities (by name without 社区), teams (party, unit, volunteer), units, civilised_units,
    departments (by name), sites (by name), users (official, officials, secretaries by community, clerks,
    zone_leaders, patrollers, liaisons, team_leader, volunteer), today, year, places (by community).
    """
    rng = random.Random(f"{seed} street")
    street = SimpleNamespace(today=today, year=YEAR, places=PLACES)
    street.committee = _committee()
    street.teams = _teams(street.committee)
    street.communities = _communities(street.committee)
    _add_units(street, rng)
    street.sites = _sites(street)
    street.users = _people(street, rng)
    return street


def _committee() -> Committee:
    return Committee.objects.create(
        name="中共五华区护国街道工作委员会",
        short_name="护国街道",
        slug="huguo",
        district="昆明市五华区",
        since=SINCE,
        about="护国街道以责任化、全民化、规范化、常态化“四化”举措，推动文明城市创建常态长效。",
        is_demo=True,
    )


def _teams(committee: Committee) -> SimpleNamespace:
    named = {
        "party": ("党员队伍", "在职党员“双报到双报告”，下沉社区参与环境卫生整治和服务群众。"),
        "unit": ("文明单位队伍", "发放创文宣传资料，督促落实“门前三包”责任。"),
        "volunteer": ("志愿者队伍", "每周五义务劳动，文明交通劝导，普及创文知识。"),
    }
    return SimpleNamespace(
        **{
            kind: Team.objects.create(committee=committee, kind=kind, name=name, duty=duty, since=SINCE)
            for kind, (name, duty) in named.items()
        }
    )


def _communities(committee: Committee) -> dict[str, Community]:
    return {
        name: Community.objects.create(
            committee=committee, name=f"{name}社区", order=order, since=SINCE, feature=feature, note=note
        )
        for order, (name, (feature, note)) in enumerate(COMMUNITIES.items(), 1)
    }


def _add_units(street: SimpleNamespace, rng: random.Random) -> None:
    places = list(street.communities.values())

    def unit(kind: str, name: str, community: Community | None, caring: Day | None = None) -> Unit:
        return Unit(
            committee=street.committee, community=community, kind=kind, name=name, since=SINCE,
            caring_since=caring,
        )  # fmt: skip

    civilised = [
        unit("civilised", name, _named_like(name, street) or rng.choice(places)) for name in CIVILISED
    ]
    departments = [unit("department", name, None) for name in DEPARTMENTS]
    quarters = [
        unit("quarter", f"{where}{number}号小区", street.communities[where])
        for where in COMMUNITIES
        for number in rng.sample(range(3, 120), 4)
    ]
    firms = [f"{name}{trade}有限公司" for name in FIRM_NAMES for trade in TRADES]
    # Caring firms came forward when the epidemic did.
    days = [SINCE + timedelta(days=25 + rng.randrange(120)) for _firm in range(CARING)]
    firm_units = [
        unit("firm", name, rng.choice(places), days[number] if number < CARING else None)
        for number, name in enumerate(rng.sample(firms, len(firms)))
    ]
    street.units = Unit.objects.bulk_create([*civilised, *departments, *quarters, *firm_units])
    street.civilised_units = civilised
    street.departments = {one.name: one for one in departments}


def _named_like(name: str, street: SimpleNamespace) -> Community | None:
    return next((place for key, place in street.communities.items() if name.startswith(key)), None)


def _sites(street: SimpleNamespace) -> dict[str, Site]:
    named = [(name, where, kind, True) for name, (where, kind, _stands) in RENOVATED.items()]
    named = [(name, where, kind, kind == "courtyard") for name, where, kind, _fit in named]
    named += [
        (f"{where}{number}号院", where, "courtyard", number % 3 != 0)
        for number, where in enumerate([*COMMUNITIES, *COMMUNITIES], 11)
    ]
    named.append(("江滨西路", "金牛街", "street", False))
    sites = [
        Site(
            committee=street.committee,
            community=street.communities[where],
            kind=kind,
            name=name,
            fit_for_charging=fit,
            self_managed_since=Day(YEAR, 5, 1) + timedelta(days=7 * order) if name in RENOVATED else None,
        )
        for order, (name, where, kind, fit) in enumerate(named)
    ]
    return {site.name: site for site in Site.objects.bulk_create(sites)}


# --- People: invented, with numbers of no one's range, in an order that one can remember -------------
def _people(street: SimpleNamespace, rng: random.Random) -> SimpleNamespace:
    password = make_password(settings.DEMO_PASSWORD)
    made: list[User] = []
    posts: list[Appointment] = []

    def person(phone: int, staff: bool = False) -> User:
        user = User(
            phone=str(12_000_000_000 + phone),
            name=invented_name(rng),
            password=password,
            is_staff=staff,
            is_demo=True,
        )
        made.append(user)
        return user

    def post(
        user: User, role: str, title: str, community: Community | None = None, unit: Unit | None = None
    ) -> User:
        posts.append(
            Appointment(
                user=user,
                role=role,
                title=title,
                committee=street.committee,
                community=community,
                unit=unit,
                since=SINCE,
            )
        )
        return user

    places = street.communities
    offices = ("创文办主任", "党工委书记", "街道办事处主任", "分管副主任")
    users = SimpleNamespace()
    users.officials = [
        post(person(number, staff=True), Role.OFFICIAL, title) for number, title in enumerate(offices, 1)
    ]
    users.official = users.officials[0]
    users.secretaries = {
        key: post(person(number), Role.SECRETARY, "社区党支部书记", place)
        for number, (key, place) in enumerate(places.items(), 11)
    }
    users.clerks = [
        post(person(number), Role.CLERK, "社区专干", place)
        for number, place in enumerate(places.values(), 21)
    ]
    users.zone_leaders = [
        post(person(number), Role.ZONE_LEADER, "城管分队长、社区城管副主任", place)
        for number, place in enumerate(list(places.values())[:6], 31)
    ]
    users.patrollers = [
        post(person(41 + number), Role.PATROLLER, "巡查员", list(places.values())[number // 2])
        for number in range(2 * len(places))
    ]
    first_departments = [
        street.departments[name] for name in ("环卫站", "城管执法中队", "市政维护站", "园林所")
    ]
    users.liaisons = [
        post(person(61 + number), Role.LIAISON, "联络员", unit.community, unit)
        for number, unit in enumerate(
            [*first_departments, *list(street.departments.values())[4:], *street.civilised_units[:7]]
        )
    ]
    users.team_leader = post(person(81), Role.TEAM_LEADER, "志愿服务队队长", places["南屏街"])
    users.volunteer = person(91)
    User.objects.bulk_create(made)
    Appointment.objects.bulk_create(posts)
    return users


# --- What this app writes of the year ----------------------------------------------------------------
def load(street: SimpleNamespace, rng: random.Random, say: Say) -> None:
    """Stages, publicity, works, facilities and stories of 2020, and publicity of the last weeks."""
    _add_stages(street)
    lines = publicity.enter_many([*_publicity_of_the_year(street, rng), *_publicity_of_late(street, rng)])
    say(f"宣传发动 {lines} 条")
    done = works.save_many(_works(street, rng))
    Facility.objects.bulk_create(_facilities(street))
    say(f"民生工程 {done} 项")
    Story.objects.bulk_create(_stories(street))
    say("好人好事 2 篇")


def _add_stages(street: SimpleNamespace) -> None:
    stages = Stage.objects.bulk_create(
        Stage(committee=street.committee, name=name, first_day=first, last_day=last)
        for name, first, last in STAGES
    )
    wanted = (
        (0, "publicity.open_letters", 4_500, "创文办"),
        (1, "publicity.adverts", 3_500, "宣传科"),
        (1, "works.facades_m2", 15_000, "公房管理所"),
        (2, "publicity.leaflets", 9_000, "志愿者队伍"),
        (2, "works.courtyards_renovated", 2, "城市建设科"),
        (3, "publicity.video_showings", 5_000, "宣传科"),
    )
    Goal.objects.bulk_create(
        Goal(stage=stages[stage], metric=metric, target=target, answerable=who)
        for stage, metric, target, who in wanted
    )


def portions(rng: random.Random, total: int, count: int) -> list[int]:
    """`total` cut by lot into `count` parts of at least one, none of them far from the others."""
    weights = [rng.uniform(0.5, 1.5) for _part in range(count)]
    parts = [max(1, int(total * weight / sum(weights))) for weight in weights]
    step = 1 if sum(parts) < total else -1
    while sum(parts) != total:
        number = rng.randrange(count)
        if parts[number] + step >= 1:
            parts[number] += step
    return parts


def a_day(rng: random.Random, first: Day = SINCE, last: Day = LAST) -> Day:
    return first + timedelta(days=rng.randrange((last - first).days + 1))


def _publicity_of_the_year(street: SimpleNamespace, rng: random.Random) -> Iterator[PublicityEntry]:
    teams, units = street.teams, street.civilised_units
    Kind = PublicityEntry.Kind
    plan = (
        # kind, how many in the year, how many in one entry, by which team, by units?
        (Kind.OPEN_LETTER, 20_400 + rng.randrange(100), 40, teams.party, False),
        (Kind.ADVERT, 12_000, 18, None, False),
        (Kind.VIDEO, 30_200 + rng.randrange(200), 35, None, False),
        (Kind.LEAFLET, 8_100 + rng.randrange(200), 32, teams.unit, True),
        (Kind.LEAFLET, 30_100 + rng.randrange(300), 44, teams.volunteer, False),
        (Kind.LED, 9_100 + rng.randrange(200), 14, None, True),
        (Kind.LOUDSPEAKER, 9_200 + rng.randrange(200), 14, None, False),
    )
    for kind, total, typical, team, by_units in plan:
        for quantity in portions(rng, total, total // typical):
            unit = rng.choice(units) if by_units else None
            yield _entry(street, rng, kind, a_day(rng), quantity, team, unit)


def _publicity_of_late(street: SimpleNamespace, rng: random.Random) -> Iterator[PublicityEntry]:
    """The present, so that whoever opens the demo finds it alive."""
    first = street.today - timedelta(weeks=10)
    for number in range(260):
        kind = rng.choice(PublicityEntry.Kind.values)
        team = rng.choice((None, street.teams.party, street.teams.volunteer))
        day = street.today if number < 4 else a_day(rng, first, street.today)
        yield _entry(street, rng, kind, day, rng.randrange(6, 60), team, None)


def _entry(
    street: SimpleNamespace,
    rng: random.Random,
    kind: str,
    day: Day,
    quantity: int,
    team: Team | None,
    unit: Unit | None,
) -> PublicityEntry:
    where = rng.choice(list(street.communities))
    community = street.communities[where]
    if unit:
        community = unit.community
        where = community.name.removesuffix("社区")
    return PublicityEntry(
        committee=street.committee,
        community=community,
        kind=kind,
        day=day,
        quantity=quantity,
        items=rng.randrange(1, 6) if kind == PublicityEntry.Kind.VIDEO else None,
        team=team,
        unit=unit,
        place=rng.choice(PLACES[where]),
        entered_by=street.users.secretaries[where],
    )


def _works(street: SimpleNamespace, rng: random.Random) -> Iterator[WorkItem]:
    Kind = WorkItem.Kind
    river = street.sites["江滨西路"]
    for number, quantity in enumerate(portions(rng, 185, 9), 1):
        yield _work(
            street, rng, Kind.PAVING, quantity, site=river, by="市政维护站", place=f"江滨西路第{number}段"
        )
    for quantity in portions(rng, 49_700 + rng.randrange(900), 64):
        yield _work(street, rng, Kind.FACADE, quantity, by="公房管理所")
    for quantity in portions(rng, 4_950 + rng.randrange(150), 45):
        yield _work(street, rng, Kind.PLANTING, quantity, by="园林所")
    for quantity in portions(rng, 199 + rng.randrange(6), 24):
        yield _work(street, rng, Kind.SIGN_REMOVAL, quantity, by="城管执法中队")
    for _part in range(14):
        yield _work(street, rng, Kind.FOOTPATH, rng.randrange(8, 60), by="市政维护站")
    for name in RENOVATED:
        yield _work(street, rng, Kind.RENOVATION, 1, site=street.sites[name])
    for site in street.sites.values():
        if site.fit_for_charging:
            yield _work(street, rng, Kind.CHARGING_PILE, rng.randrange(4, 13), site=site)


def _work(
    street: SimpleNamespace,
    rng: random.Random,
    kind: str,
    quantity: int,
    *,
    site: Site | None = None,
    by: str = "",
    place: str = "",
) -> WorkItem:
    where = rng.choice(list(street.communities))
    accepted = a_day(rng, Day(YEAR, 3, 10), Day(YEAR, 12, 20))
    return WorkItem(
        committee=street.committee,
        community=site.community if site else street.communities[where],
        site=site,
        kind=kind,
        place=place or (site.name if site else rng.choice(PLACES[where])),
        quantity=Decimal(quantity),
        contractor=street.departments[by] if by else None,
        begun_on=accepted - timedelta(days=rng.randrange(2, 40)),
        accepted_on=accepted,
    )


def _facilities(street: SimpleNamespace) -> Iterable[Facility]:
    for order, (name, (_where, _kind, stands)) in enumerate(RENOVATED.items()):
        for kind in stands:
            yield Facility(
                site=street.sites[name],
                kind=kind,
                quantity={"camera": 4, "gate": 2}.get(kind, 1),
                installed_on=Day(YEAR, 6, 5) + timedelta(days=20 * order),
            )


def _stories(street: SimpleNamespace) -> Iterator[Story]:
    told = (
        (
            "青年路",
            "宣传途中伸援手",
            Day(YEAR, 7, 14),
            "今年7月，青年路社区党支部书记和辖区文明单位工作人员在开展创文宣传途中，遇到一位妇女突发心脏病。"
            "大家立即施救，并及时将她送往医院，为救治争取了时间。",
        ),
        (
            "祥云街",
            "米油送到家门口",
            Day(YEAR, 2, 18),
            "疫情防控期间，祥云街社区为辖区内生活不能自理的居民送去米、油等生活用品，"
            "把社区的问候和温暖送到每一户家门口。",
        ),
    )
    for where, title, day, body in told:
        yield Story(
            committee=street.committee,
            community=street.communities[where],
            title=title,
            body=body,
            happened_on=day,
            published_on=day + timedelta(days=3),
            written_by=street.users.secretaries[where],
        )


# --- The goals of the present -------------------------------------------------------------------------
PRESENT = (
    # metric, how far it stands beside where it should stand by now, who answers for it
    ("publicity.open_letters", 1.6, "创文办"),
    ("publicity.leaflets", 1.05, "志愿者队伍"),
    ("publicity.adverts", 0.86, "宣传科"),
    ("publicity.broadcasts", 0.55, "各社区"),
    ("volunteers.activities_held", 1.02, "各社区"),
    ("grids.patrols_done", 0.97, "各责任区"),
)


OF_COMMUNITIES = (1.3, 1.02, 0.85, 0.6, 1.1, 0.97, 0.8)
"""how far the communities stand, in their order, with their own open letters"""


def set_present_goals(street: SimpleNamespace) -> None:
    """A stage that runs today, with goals in every state: set when the counts of the last weeks are known."""
    first, last = street.today - timedelta(weeks=8), street.today + timedelta(weeks=4)
    stage = Stage.objects.create(
        committee=street.committee, name=f"{street.today.year}年常态长效阶段", first_day=first, last_day=last
    )
    wanted = [
        (metric, None, standing, who) for metric, standing, who in PRESENT if metric in registry.metrics
    ]
    wanted += [
        ("publicity.open_letters", place, standing, f"{place.name}党支部")
        for place, standing in zip(street.communities.values(), OF_COMMUNITIES, strict=True)
    ]
    for metric, place, standing, who in wanted:
        reached = tallies.total(
            metric, first, street.today, committee=street.committee, communities=[place] if place else None
        )
        target = max(1, round(float(reached) * (12 / 8) / standing))
        Goal.objects.create(stage=stage, metric=metric, community=place, target=target, answerable=who)
