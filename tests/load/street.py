"""A street large enough to be slow in: made with plain SQL, because it is only scenery."""

import datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.utils import timezone

from accounts.models import User
from campaign import registry
from campaign.models import Appointment, Committee, Community, Team, Unit
from grids.models import CaseCategory, Checklist, PatrolPlan, PlanTurn, Point, PointType, Zone
from tests.load.clients import CSRF
from volunteers.models import Activity, ActivityKind, Position, Volunteer

SINCE = datetime.date(2020, 1, 1)


def fill_in_blanks(*tables: str) -> None:
    """Let plain SQL leave out what the models fill in by themselves: "" for texts, 0, false, as a default of the
    column. So a new column of a model does not stop the bench."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(
                """
                SELECT column_name, data_type FROM information_schema.columns
                WHERE table_name = %s AND table_schema = 'public' AND is_nullable = 'NO'
                    AND column_default IS NULL AND is_identity = 'NO'
                """,
                [table],
            )
            for column, kind in cursor.fetchall():
                blank = {"boolean": "false", "character varying": "''", "text": "''"}.get(kind)
                blank = blank or ("0" if "int" in kind and not column.endswith("_id") else None)
                if blank:
                    cursor.execute(f'ALTER TABLE {table} ALTER COLUMN "{column}" SET DEFAULT {blank}')


class Street:
    """One committee with seven communities, an official, and what the works need."""

    def __init__(self) -> None:
        fill_in_blanks("grids_case", "grids_caseevent", "grids_patrol")
        self.committee = Committee.objects.create(
            name="压测街道党工委", short_name="压测街道", slug="load", since=SINCE
        )
        self.communities = [
            Community.objects.create(
                committee=self.committee, name=f"第{number}社区", order=number, since=SINCE
            )
            for number in range(1, 8)
        ]
        self.team = Team.objects.create(
            committee=self.committee, kind="volunteer", name="志愿者队伍", since=SINCE
        )
        self.unit = Unit.objects.create(
            committee=self.committee, kind="department", name="城管中队", since=SINCE
        )
        self.official = self.person(12100000000, "演示官员")
        Appointment.objects.create(user=self.official, role="official", committee=self.committee, since=SINCE)
        self.zone = Zone.objects.create(committee=self.committee, number=1, name="第一责任区", since=SINCE)
        self.category = CaseCategory.objects.create(
            committee=self.committee, code="0101", name="暴露垃圾", fix_limit=4, unit=self.unit
        )
        self.kind = ActivityKind.objects.create(
            committee=self.committee, code="friday_labour", name="每周五义务劳动"
        )

    @staticmethod
    def person(phone: int, name: str) -> User:
        user = User(phone=str(phone), name=name, is_demo=True)
        user.set_unusable_password()
        user.save()
        return user

    @staticmethod
    def cookie(user: User) -> str:
        """A signed-in browser's cookies, with a CSRF token that forms then send."""
        session: Any = import_module(settings.SESSION_ENGINE).SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        return f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={CSRF}"

    def cases(self, count: int) -> None:
        """Sees to it that there are so many cases, one every two minutes since 2020; all but the last 200 closed."""
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO grids_case (code, committee_id, community_id, zone_id, category_id, unit_id, source,
                    description, address, reporter_phone, state, reported_at, reported_on, dispatched_at, due_at, due_on,
                    handled_at, closed_at, closed_on, closed_in_time)
                SELECT 'B' || lpad(n::text, 11, '0'), %(committee)s, %(community)s + n %% 7, %(zone)s, %(category)s,
                    %(unit)s, 'patrol', '路面有暴露垃圾，请尽快清理 ' || n, '压测路' || n || '号', '',
                    CASE WHEN closed THEN 'closed' ELSE 'dispatched' END, at, (at AT TIME ZONE 'Asia/Shanghai')::date,
                    at, at + interval '6 hours', ((at + interval '6 hours') AT TIME ZONE 'Asia/Shanghai')::date,
                    CASE WHEN closed THEN at + interval '4 hours' END, CASE WHEN closed THEN at + interval '5 hours' END,
                    CASE WHEN closed THEN ((at + interval '5 hours') AT TIME ZONE 'Asia/Shanghai')::date END,
                    CASE WHEN closed THEN true END
                FROM (
                    SELECT n, n <= %(count)s - 200 AS closed, timestamptz '2020-01-01 00:00+08' + n * interval '2 minutes' AS at
                    FROM generate_series((SELECT count(*) FROM grids_case WHERE code LIKE 'B%%') + 1, %(count)s) n
                ) fresh
                """,
                {
                    "committee": self.committee.pk,
                    "community": self.communities[0].pk,
                    "zone": self.zone.pk,
                    "category": self.category.pk,
                    "unit": self.unit.pk,
                    "count": count,
                },
            )
            cursor.execute("VACUUM ANALYZE grids_case")

    def tallies(self, days: int) -> int:
        """A value of every metric, in every community, on each of the last `days` days; how many that are."""
        keys = list(registry.metrics)
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO campaign_tally (metric, day, committee_id, community_id, slice, value)
                SELECT metric, current_date - back, %s, community, '', 1 + (community + back) %% 9
                FROM unnest(%s) metric, generate_series(0, %s) back, unnest(%s) community
                ON CONFLICT DO NOTHING
                """,
                [self.committee.pk, keys, days - 1, [one.pk for one in self.communities]],
            )
            written = cursor.rowcount
            cursor.execute("VACUUM ANALYZE campaign_tally")
        return written

    def volunteers(self, count: int) -> list[Volunteer]:
        """So many volunteers with accounts of their own."""
        first = User.objects.count() + 12200000000
        users = User.objects.bulk_create(
            User(phone=str(first + n), name=f"演示{n}", password="!", is_demo=True) for n in range(count)
        )
        return Volunteer.objects.bulk_create(
            Volunteer(
                committee=self.committee,
                community=self.communities[n % 7],
                user=user,
                number=f"L{user.phone}",
                name=user.name,
                phone=user.phone,
                joined_on=SINCE,
                is_demo=True,
            )
            for n, user in enumerate(users)
        )

    def positions(self, count: int, places: int) -> list[Position]:
        """So many activities with one position each, every one on a day of its own, so that nobody's clash."""
        begin = timezone.localtime() + datetime.timedelta(days=1 + Activity.objects.count())
        activities = Activity.objects.bulk_create(
            Activity(
                committee=self.committee,
                community=self.communities[number % 7],
                kind=self.kind,
                title=f"压测活动{number}",
                place="广场",
                starts_at=(starts := begin + datetime.timedelta(days=number)),
                ends_at=starts + datetime.timedelta(hours=2),
                day=starts.date(),
                state="published",
            )
            for number in range(count)
        )
        return Position.objects.bulk_create(
            Position(activity=activity, name="志愿者", places=places) for activity in activities
        )

    def plans(self, count: int, first_day: datetime.date) -> list[PatrolPlan]:
        """So many plans, half of them daily, half on Monday, Wednesday and Friday."""
        kind = PointType.objects.create(committee=self.committee, code="road", name="主次干道")
        card = Checklist.objects.create(
            committee=self.committee, point_type=kind, title="道路卡", edition="2020"
        )
        point = Point.objects.create(
            committee=self.committee,
            community=self.communities[0],
            zone=self.zone,
            type=kind,
            name="一号点位",
            since=SINCE,
        )
        plans = []
        for number in range(count):
            plan = PatrolPlan.objects.create(
                committee=self.committee,
                community=self.communities[number % 7],
                zone=self.zone,
                name=f"计划{number}",
                checklist=card,
                rule="FREQ=DAILY" if number % 2 else "FREQ=WEEKLY;BYDAY=MO,WE,FR",
                first_day=first_day,
                start_time=datetime.time(9, 0),
            )
            plan.points.add(point)
            PlanTurn.objects.create(plan=plan, order=0, patroller=self.official)
            plans.append(plan)
        return plans
