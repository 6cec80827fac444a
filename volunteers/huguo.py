"""The volunteers' part of the demo year: invented people, the activities of 2020, a present that is alive.

No figure is written as a figure; each comes about from these rows. Everything is drawn from the generator
handed in, so a seed gives the same year again; only the present follows the calendar.
"""

import datetime
import random
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from itertools import islice
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from campaign import recurrence
from campaign.models import Community, Unit
from volunteers import activities, huguo_recognition, people, signups
from volunteers.activities import Post
from volunteers.models import (
    Activity,
    ActivityKind,
    ActivitySeries,
    Attendance,
    Consent,
    HourEntry,
    PartyGroup,
    PartyMember,
    Position,
    Room,
    Signup,
    SignupEvent,
    Skill,
    Station,
    TeamMember,
    Volunteer,
    VolunteerTeam,
)

VOLUNTEERS = 13_180  # registered until the end of the year; some of them leave
LEAVERS = 31
PARTY_MEMBERS = 800
RESIDENTS = 1_447
PROPERTY_PEOPLE = 1_433
BATCH = 2000
ROOMS = (("学习室", 40, "理论学习、政策宣讲"), ("活动室", 24, "文化活动、志愿者培训"))
"""of each practice station"""
HOME = "南屏街"
"""where the demo's volunteer lives and its team leader leads"""

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾"
    "丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤"
    "尹黎易常武乔贺赖龚文"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰萍红玲建国文志林海燕春梅雪晓峰丹宇浩鑫"
    "婷欣怡梓涵佳慧琳博思远立新永康宏亮云龙凤仙琼昆滇家和顺安宁"
)

LOCKDOWN = date(2020, 1, 24), date(2020, 2, 21)
"""no gatherings in the first weeks of the epidemic"""


@dataclass(frozen=True)
class Kind:
    """A kind of activity with how it goes in a community."""

    code: str
    name: str
    rule: str
    starts: time
    minutes: int
    places: int
    place: str
    what: str
    days: tuple[tuple[date, date], ...] = ((date(2020, 1, 2), date(2020, 12, 31)),)
    holidays: str = "skip"


# The hours of the kinds do not touch, so nobody serves at two places at once.
KINDS = (
    Kind(
        "friday_labour", "每周五义务劳动", "FREQ=WEEKLY;BYDAY=FR", time(9, 30), 120, 22,
        "居委会门口", "清扫背街小巷，清理小广告和卫生死角。",
    ),
    Kind(
        "traffic_persuasion", "文明交通劝导", "FREQ=WEEKLY;BYDAY=MO,WE", time(7, 30), 90, 16,
        "主要路口", "劝导行人走斑马线、非机动车不逆行。",
    ),
    Kind(
        "civility_persuasion", "文明劝导", "FREQ=WEEKLY;BYDAY=SA,SU", time(15, 0), 120, 18,
        "步行街和广场", "劝导乱丢垃圾、随地吐痰、乱停乱放等行为，发放宣传资料。", holidays="keep",
    ),
    Kind(
        "dog_keeping", "文明养犬", "FREQ=WEEKLY;BYDAY=TU", time(19, 0), 90, 14,
        "小区和院坝", "宣传依法文明养犬，提醒牵绳、清理粪便。",
        days=((date(2020, 3, 3), date(2020, 12, 31)),), holidays="keep",
    ),
    Kind(
        "civil_memorial", "文明祭祀", "FREQ=DAILY", time(17, 10), 90, 16,
        "路口和院坝", "倡导鲜花祭扫，劝导不在街头焚香烧纸。",
        days=(
            (date(2020, 3, 25), date(2020, 4, 8)),  # Qingming
            (date(2020, 8, 27), date(2020, 9, 3)),  # Zhongyuan
            (date(2020, 12, 17), date(2020, 12, 21)),  # winter solstice
        ),
        holidays="keep",
    ),
)  # fmt: skip


@dataclass
class _Street:
    """What the steps hand on to one another."""

    street: SimpleNamespace
    rng: random.Random
    kinds: dict[str, ActivityKind] = field(default_factory=dict)
    stations: dict[str, Station] = field(default_factory=dict)
    teams: dict[str, VolunteerTeam] = field(default_factory=dict)
    pools: dict[int, list[Volunteer]] = field(default_factory=dict)
    """the volunteers of a community in the order in which they registered"""
    host: Volunteer | None = None
    """the volunteer whose account the demo shows"""

    @property
    def committee(self) -> Any:
        return self.street.committee

    def days(self, first: date, last: date) -> date:
        return first + timedelta(days=self.rng.randrange((last - first).days + 1))


def load(street: SimpleNamespace, rng: random.Random, say: Callable[[str], None]) -> None:
    """Write the volunteers' rows of the demo year and of the present into the street handed in."""
    here = _Street(street, rng)
    say("志愿者：队伍、实践站和人员")
    _kinds(here)
    _stations(here)
    volunteers = _volunteers(here)
    _standing_teams(here)
    _party(here, volunteers)
    _epidemic_teams(here, volunteers)
    say("志愿服务活动：全年的报名、签到和时长")
    _year(here)
    say("志愿服务活动：近期和本周")
    _present(here)
    say("志愿服务激励：星级和证明")
    huguo_recognition.load(here.street, here.host)


# --- The organisation ------------------------------------------------------------------------------
def _kinds(here: _Street) -> None:
    made = ActivityKind.objects.bulk_create(
        ActivityKind(committee=here.committee, code=kind.code, name=kind.name, order=number)
        for number, kind in enumerate(KINDS, 1)
    )
    here.kinds = {kind.code: kind for kind in made}


def _stations(here: _Street) -> None:
    name = here.committee.short_name
    rows = {
        "": Station(
            committee=here.committee, level="centre", name=f"{name}新时代文明实践所",
            opened_on=date(2020, 1, 8), address=f"{name}办事处一楼", hours="周一至周日 9:00—17:30",
        )
    }  # fmt: skip
    for number, (short, community) in enumerate(here.street.communities.items()):
        rows[short] = Station(
            committee=here.committee, community=community, level="station",
            name=f"{community.name}新时代文明实践站", opened_on=date(2020, 3, 2) + timedelta(days=9 * number),
            address=f"{community.name}居委会", hours="周一至周五 9:00—17:30，周六 9:00—12:00",
        )  # fmt: skip
    Station.objects.bulk_create(rows.values())
    Room.objects.bulk_create(
        Room(station=station, name=name, seats=seats, used_for=used_for)
        for station in rows.values()
        for name, seats, used_for in ROOMS
    )
    here.stations = rows


def _volunteers(here: _Street) -> list[Volunteer]:
    """Everybody of the year, in the order of registration; a third were there before it began."""
    rng, places = here.rng, list(here.street.communities.values())
    weights = [rng.uniform(0.8, 1.3) for _place in places]
    homes = rng.choices(places, weights, k=VOLUNTEERS)
    days = sorted(_registered_on(here) for _number in range(VOLUNTEERS))
    rows = [
        Volunteer(
            committee=here.committee, community=home, number=f"HG{number:08d}", name=_name(rng),
            phone=f"125{tail:08d}", joined_on=day, is_demo=True,
        )
        for home, day, number, tail in zip(
            homes, days, rng.sample(range(10**8), VOLUNTEERS), rng.sample(range(10**8), VOLUNTEERS),
            strict=True,
        )
    ]  # fmt: skip
    for row in rng.sample(rows[6000:9000], LEAVERS):
        row.left_on = here.days(date(2020, 11, 1), date(2020, 12, 31))
    here.host = _host(here, rows)
    Volunteer.objects.bulk_create(rows, batch_size=BATCH)
    for row in rows:
        if row.left_on is None:
            here.pools.setdefault(row.community_id, []).append(row)
    Consent.objects.create(
        volunteer=here.host, notice=people.NOTICE_VERSION, given_at=_at(here.host.joined_on, time(10, 0))
    )
    return rows


def _registered_on(here: _Street) -> date:
    if here.rng.random() < 0.33:
        return here.days(date(2018, 3, 5), date(2019, 12, 31))
    return here.days(date(2020, 1, 2), date(2020, 12, 15))


def _host(here: _Street, rows: list[Volunteer]) -> Volunteer:
    """The demo's volunteer: registered before the year, with an account."""
    account, home = here.street.users.volunteer, here.street.communities[HOME]
    row = next(row for row in rows if row.community is home and row.joined_on > date(2019, 6, 1))
    row.user, row.phone, row.name = account, account.phone, account.name
    return row


def _name(rng: random.Random) -> str:
    given = rng.choice(GIVEN) + (rng.choice(GIVEN) if rng.random() < 0.8 else "")
    return rng.choice(SURNAMES) + given


def _standing_teams(here: _Street) -> None:
    """A team a community under the volunteers, a team a civilised unit under the units."""
    street, formed = here.street, date(2020, 1, 6)
    leaders = dict(street.users.secretaries)
    leaders[HOME] = street.users.team_leader
    for short, community in street.communities.items():
        here.teams[short] = VolunteerTeam(
            committee=here.committee, community=community, part_of=street.teams.volunteer,
            name=f"{community.name}志愿服务队", leader=leaders.get(short), formed_on=formed,
        )  # fmt: skip
    of_units = [
        VolunteerTeam(
            committee=here.committee, community=unit.community, unit=unit, part_of=street.teams.unit,
            name=f"{unit.name}志愿服务队", formed_on=formed + timedelta(days=number % 60),
        )
        for number, unit in enumerate(street.civilised_units)
    ]  # fmt: skip
    VolunteerTeam.objects.bulk_create([*here.teams.values(), *of_units])
    members = [
        TeamMember(team=team, volunteer=person, joined_on=max(team.formed_on, person.joined_on))
        for team in [*here.teams.values(), *of_units]
        for person in _members(here, team, 60 if team.unit_id is None else 12)
    ]
    TeamMember.objects.bulk_create(members, batch_size=BATCH)


def _members(here: _Street, team: VolunteerTeam, number: int) -> list[Volunteer]:
    pool = here.pools.get(team.community_id) or next(iter(here.pools.values()))
    chosen = here.rng.sample(pool[:1200], min(number, len(pool)))
    if team.community_id == here.host.community_id and team.unit_id is None and here.host not in chosen:
        chosen.append(here.host)
    return chosen


def _party(here: _Street, volunteers: list[Volunteer]) -> None:
    """In-service party members who reported in, in a maintenance group and a service group."""
    groups = PartyGroup.objects.bulk_create(
        PartyGroup(
            committee=here.committee,
            team=here.street.teams.party,
            kind=kind,
            name=name,
            since=date(2020, 1, 10),
        )
        for kind, name in (("maintenance", "维修组（环境卫生整治）"), ("service", "服务组"))
    )
    PartyMember.objects.bulk_create(
        (
            PartyMember(
                committee=here.committee, community=person.community, group=groups[number % 2],
                volunteer=person, unit=_home_unit(here),
                reported_on=max(person.joined_on, here.days(date(2020, 1, 13), date(2020, 6, 30))),
            )
            for number, person in enumerate(_others(here, volunteers[:PARTY_MEMBERS + 1])[:PARTY_MEMBERS])
        ),
        batch_size=BATCH,
    )  # fmt: skip


def _home_unit(here: _Street) -> Unit | None:
    return here.rng.choice(here.street.civilised_units) if here.street.civilised_units else None


def _others(here: _Street, rows: list[Volunteer]) -> list[Volunteer]:
    """All but the demo's own volunteer, of whom we say nothing sensitive."""
    return [row for row in rows if row is not here.host]


def _epidemic_teams(here: _Street, volunteers: list[Volunteer]) -> None:
    """Nine teams: one a community, the party members' and the property companies' of the whole street."""
    common = {"committee": here.committee, "part_of": here.street.teams.volunteer, "purpose": "epidemic"}
    name = here.committee.short_name
    local = [
        VolunteerTeam(
            **common, community=community, name=f"{community.name}疫情防控志愿服务队",
            formed_on=date(2020, 1, 27), leader=here.street.users.secretaries.get(short),
        )
        for short, community in here.street.communities.items()
    ]  # fmt: skip
    whole = [
        VolunteerTeam(**common, name=f"{name}党员抗疫先锋队", formed_on=date(2020, 1, 29)),
        VolunteerTeam(**common, name=f"{name}物业联防志愿服务队", formed_on=date(2020, 2, 3)),
    ]
    VolunteerTeam.objects.bulk_create([*local, *whole])
    of_community = {team.community_id: team for team in local}
    standing = iter(_others(here, [row for row in volunteers[PARTY_MEMBERS + 1 :] if row.left_on is None]))
    rows = []
    for capacity, number, street_team in (
        ("resident", RESIDENTS, whole[0]),
        ("property", PROPERTY_PEOPLE, whole[1]),
    ):
        for person in islice(standing, number):
            team = street_team if here.rng.random() < 0.2 else of_community[person.community_id]
            joined = max(person.joined_on, here.days(team.formed_on, date(2020, 3, 31)))
            rows.append(TeamMember(team=team, volunteer=person, capacity=capacity, joined_on=joined))
    TeamMember.objects.bulk_create(rows, batch_size=BATCH)


# --- The year --------------------------------------------------------------------------------------
def _year(here: _Street) -> None:
    """All activities of 2020, held; a few were rained off."""
    planned = list(_planned(here))
    for number, activity in enumerate(planned):
        activity.state = Activity.State.HELD
        if number % 170 == 85:
            activity.state, activity.cancelled_because = Activity.State.CANCELLED, "因暴雨取消"
    _write(here, planned)


def _planned(here: _Street) -> Iterator[Activity]:
    for short, community in here.street.communities.items():
        for kind in KINDS:
            series = _series(here, short, community, kind, year=2020)
            for first, last in kind.days:
                for moment in recurrence.occurrences(
                    kind.rule,
                    first=first,
                    last=last,
                    start_time=kind.starts,
                    holidays=kind.holidays,
                    anchor=first,
                ):
                    if not LOCKDOWN[0] <= moment.date() <= LOCKDOWN[1]:
                        yield _occasion(series, moment)


def _series(
    here: _Street, short: str, community: Community, kind: Kind, *, year: int | None = None
) -> ActivitySeries:
    """The series of a kind in a community: that of 2020, which has ended, or that of today."""
    past = {"is_active": False, "first_day": kind.days[0][0], "last_day": kind.days[-1][1]}
    first = here.street.today - timedelta(days=28 + here.street.today.weekday())
    return ActivitySeries.objects.create(
        committee=here.committee, community=community, kind=here.kinds[kind.code],
        title=f"{kind.name}（{year}年）" if year else kind.name,
        description=kind.what, place=f"{community.name}{kind.place}", station=here.stations[short],
        team=here.teams[short], leader=here.teams[short].leader,
        rule=kind.rule, holidays=kind.holidays, start_time=kind.starts,
        minutes=kind.minutes, places=kind.places,
        **(past if year else {"first_day": first, "filled_until": here.street.today - timedelta(days=1)}),
    )  # fmt: skip


def _occasion(series: ActivitySeries, starts_at: datetime.datetime) -> Activity:
    return Activity(
        committee=series.committee, community=series.community, kind=series.kind, series=series,
        title=series.title.split("（")[0], description=series.description, place=series.place,
        station=series.station, team=series.team, leader=series.leader, starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=series.minutes), day=starts_at.date(),
    )  # fmt: skip


def _write(here: _Street, planned: list[Activity]) -> None:
    """Write activities with their sign-ups, attendances and hours, some hundred activities at a time."""
    for start in range(0, len(planned), 400):
        part = Activity.objects.bulk_create(planned[start : start + 400])
        positions = [
            Position(activity=row, name=activities.VOLUNTEER, places=row.series.places) for row in part
        ]
        crowds = [_who_signs_up(here, position) for position in positions]
        Position.objects.bulk_create(positions)
        signed = [
            (position.activity, signup)
            for position, crowd in zip(positions, crowds, strict=True)
            for signup in _signups(here, position, crowd)
        ]
        _write_people(here, signed)


def _who_signs_up(here: _Street, position: Position) -> list[Volunteer]:
    """The people of one activity; who registered early serves more often. Counts the places that they take."""
    rng, activity = here.rng, position.activity
    pool = here.pools[activity.community_id]
    registered = bisect_right(pool, activity.day, key=lambda person: person.joined_on)
    wanted = min(rng.randint(position.places - 6, position.places), registered)
    chosen: dict[int, Volunteer] = {}
    if here.host.community_id == activity.community_id and rng.random() < 0.12:
        chosen[here.host.pk] = here.host
    while len(chosen) < wanted:
        person = pool[int(registered * rng.random() ** 1.6)]
        chosen[person.pk] = person
    position.taken = 0 if activity.state == Activity.State.CANCELLED else len(chosen)
    return list(chosen.values())


def _signups(here: _Street, position: Position, crowd: list[Volunteer]) -> Iterator[Signup]:
    # Ids instead of objects: over a hundred thousand rows that is a third of the time.
    activity = position.activity
    cancelled = activity.state == Activity.State.CANCELLED
    for person in crowd:
        yield Signup(
            activity_id=activity.pk, position_id=position.pk, volunteer_id=person.pk, day=activity.day,
            state=Signup.State.CANCELLED if cancelled else Signup.State.CONFIRMED,
            joined_at=activity.starts_at - timedelta(minutes=here.rng.randrange(600, 6000)),
        )  # fmt: skip


def _write_people(here: _Street, signed: list[tuple[Activity, Signup]]) -> None:
    """The sign-ups; of activities that were held, who came and the hours. One in fifteen stayed away."""
    rng = here.rng
    Signup.objects.bulk_create((signup for _activity, signup in signed), batch_size=BATCH)
    SignupEvent.objects.bulk_create(
        (
            SignupEvent(signup_id=signup.pk, what="joined", at=signup.joined_at)
            for _activity, signup in signed
        ),
        batch_size=BATCH,
    )
    came = [pair for pair in signed if pair[0].state == Activity.State.HELD and rng.random() < 0.93]
    present = [
        Attendance(
            signup_id=signup.pk, day=activity.day, confirmed_by_id=activity.leader_id, left_at=activity.ends_at,
            came_at=activity.starts_at + timedelta(minutes=rng.choice((0, 0, 0, 0, 0, 5, 10))),
        )
        for activity, signup in came
    ]  # fmt: skip
    Attendance.objects.bulk_create(present, batch_size=BATCH)
    HourEntry.objects.bulk_create(
        (_entry(*pair, attendance) for pair, attendance in zip(came, present, strict=True)), batch_size=BATCH
    )


def _entry(activity: Activity, signup: Signup, attendance: Attendance) -> HourEntry:
    """What `hours.credit` would enter: nobody here serves twice at one time, or above the day's maximum."""
    return HourEntry(
        committee_id=activity.committee_id, community_id=activity.community_id, activity_id=activity.pk,
        volunteer_id=signup.volunteer_id, attendance_id=attendance.pk, what=activity.title, day=activity.day,
        minutes=int((attendance.left_at - attendance.came_at).total_seconds() // 60),
        reason=HourEntry.Reason.SERVED, by_id=activity.leader_id,
        entered_at=attendance.left_at + timedelta(hours=1),
    )  # fmt: skip


# --- The present -----------------------------------------------------------------------------------
def _present(here: _Street) -> None:
    """Series that run today: four weeks held, one occasion to be confirmed, two weeks open for sign-up."""
    today = here.street.today
    past = []
    for short, community in here.street.communities.items():
        for kind in KINDS[:4]:
            series = _series(here, short, community, kind)
            for moment in recurrence.occurrences(
                series.rule, first=series.first_day, last=today - timedelta(days=1),
                start_time=series.start_time, holidays=series.holidays, anchor=series.first_day,
            ):  # fmt: skip
                past.append(_occasion(series, moment))
    for activity in past:
        activity.state = Activity.State.HELD
    for community in {activity.community_id: activity.community for activity in past}.values():
        latest = max((row for row in past if row.community == community), key=lambda row: row.starts_at)
        latest.state = Activity.State.PUBLISHED
    _write(here, past)
    now = _at(today, time(0, 0))
    activities.schedule(now=now)
    _specials(here)
    _colleagues_of_the_liaison(here)
    _sign_up_for_what_comes(here, now)


def _specials(here: _Street) -> None:
    """Occasions of their own beside the series, with more than one position."""
    day = here.street.today + timedelta(days=3)
    aid, teller = _skills(here)
    plans = (
        ("文庙", "dog_keeping", "文明养犬宣传日", time(10, 0), [("引导员", 4), ("宣传员", 6)]),
        (
            "景星街",
            "civility_persuasion",
            "垃圾分类进院坝",
            time(10, 0),
            [Post("讲解员", 3, 2, teller), Post("志愿者", 8, 4, equipment="现场发手套和夹子")],
        ),
        (
            "祥云街",
            "civility_persuasion",
            "关爱独居老人上门服务",
            time(13, 0),
            [Post("护理员", 2, 1, aid, 18), ("志愿者", 4)],
        ),
    )
    for number, (short, code, title, starts, positions) in enumerate(plans):
        starts_at = _at(day + timedelta(days=number * 2), starts)
        made = activities.create(
            community=here.street.communities[short], kind=here.kinds[code], title=title,
            place=f"{here.street.communities[short].name}居委会", description=f"{title}，欢迎居民参加。",
            starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), positions=positions,
            station=here.stations[short], team=here.teams[short], leader=here.teams[short].leader,
        )  # fmt: skip
        activities.publish(made, now=_at(here.street.today, time(0, 0)))


def _skills(here: _Street) -> tuple[Skill, Skill]:
    """What the street's volunteers can do; returns first aid and explaining."""
    names = ("急救护理", "宣讲讲解", "手语翻译", "家电维修", "法律咨询", "文艺表演")
    made = Skill.objects.bulk_create(
        Skill(committee=here.committee, name=name, order=order) for order, name in enumerate(names)
    )
    here.host.skills.add(made[1])
    return made[0], made[1]


def _colleagues_of_the_liaison(here: _Street) -> None:
    """The demo's liaison speaks for a team of twelve, formed lately: the year's teams are the article's."""
    formed = here.street.today - timedelta(days=40)
    for liaison in here.street.users.liaisons[:1]:
        post = liaison.appointments.select_related("unit__community").exclude(unit=None).get()
        team = VolunteerTeam.objects.create(
            committee=here.committee, community=post.unit.community, unit=post.unit,
            part_of=here.street.teams.unit, name=f"{post.unit.name}志愿服务队", formed_on=formed,
        )  # fmt: skip
        TeamMember.objects.bulk_create(
            TeamMember(team=team, volunteer=person, joined_on=formed) for person in _members(here, team, 12)
        )


def _sign_up_for_what_comes(here: _Street, now: datetime.datetime) -> None:
    """Some places are taken, one activity is full with a waiting list, the demo's volunteer is expected."""
    coming = Position.objects.filter(
        activity__committee=here.committee,
        activity__state=Activity.State.PUBLISHED,
        activity__starts_at__gte=now,
    )
    coming = list(coming.select_related("activity").order_by("activity__starts_at", "pk"))
    own = [row for row in coming if row.activity.community_id == here.host.community_id]
    later = [row for row in own if row.activity.day > here.street.today]
    full = later[0]
    rows: list[Signup] = []
    for position in coming:
        share = 1.0 if position is full else here.rng.uniform(0.1, 0.75)
        rows += _take(here, position, int(position.places * share))
    rows += _take(here, full, 3, Signup.State.WAITING)
    Signup.objects.bulk_create(rows, batch_size=BATCH)
    SignupEvent.objects.bulk_create(
        SignupEvent(
            signup=row, what="joined" if row.state == Signup.State.CONFIRMED else "queued", at=row.joined_at
        )
        for row in rows
    )
    Position.objects.bulk_update(coming, ["taken"])
    for position in (later[1], later[3], full):
        signups.join(position, here.host, now=now)


def _take(
    here: _Street, position: Position, number: int, state: str = Signup.State.CONFIRMED
) -> list[Signup]:
    """People of the community who do not come to anything else of these days."""
    activity, pool = position.activity, here.pools[position.activity.community_id]
    chosen = [pool.pop(here.rng.randrange(len(pool))) for _number in range(number)]
    if here.host in chosen:
        chosen.remove(here.host)
        chosen.append(pool.pop())
    if state == Signup.State.CONFIRMED:
        position.taken += len(chosen)
    midnight = _at(here.street.today, time(0, 0))
    begins = midnight - timedelta(days=1 if state == Signup.State.CONFIRMED else 0)
    return [
        Signup(
            activity=activity, position=position, volunteer=person, state=state, day=activity.day,
            joined_at=begins - timedelta(minutes=60 * 24 - number),
        )
        for number, person in enumerate(chosen)
    ]  # fmt: skip


def _at(day: date, clock: time) -> datetime.datetime:
    return datetime.datetime.combine(day, clock, tzinfo=timezone.get_default_timezone())
