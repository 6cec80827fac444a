"""Who gets which answer at which address. Written from who should come in, not from what happens to be answered.

A row gives the answers to GET for an object of community A of the own street; of another street's object
everybody gets 404 (tests/house/test_urls.py). `far` is the official of the other street.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from campaign.models import Community, Message, Story
from grids.models import (
    Answer,
    Case,
    CaseBatch,
    CasePhoto,
    CrossCheck,
    Handover,
    HealthAction,
    HealthCheck,
    Merchant,
    Patrol,
    PatrolPlan,
    PlanTurn,
    Point,
    Recheck,
    Request,
    RequestContact,
    SavedFilter,
    Whistle,
    WhistleLink,
    WhistlePhoto,
    WhistleTask,
    Zone,
)
from grids.whistles import token_of
from volunteers.models import (
    Activity,
    ActivitySeries,
    Attendance,
    CalendarFeed,
    Certificate,
    HourEntry,
    NoShow,
    Position,
    Signup,
    Star,
    Station,
    TeamRequest,
    Volunteer,
    VolunteerTeam,
)

ROLES = ("anonymous", "volunteer", "patroller", "liaison", "zone_leader", "secretary", "official", "far")

# Addresses for which a rule stands instead of a row: tests/house/test_admin_scope.py and test_api.py walk them.
BY_RULE = [
    re.compile(r"^admin:"),
    re.compile(r"^api-root$"),
    re.compile(r"^[a-z_]+-(list|detail|[a-z\-_]+)$"),
]
# Answered before the host name is looked at, for load balancers ask by number.
HOSTLESS = {"healthz"}
TELLS_OF_ANOTHER_STREET: dict[str, str] = {}


@dataclass(frozen=True)
class Row:
    answers: dict[str, int]
    of: Any = None
    """the model of the object that the address names"""
    key: str = "pk"
    more: dict[str, Any] = field(default_factory=dict)
    """further parts of the address: a value, a model, or a function of the rows"""
    scoped: bool = True

    def arguments(self, rows: dict[Any, Any]) -> dict[str, Any]:
        found = {self.key: getattr(rows[self.of], self.key)} if self.of else {}
        for name, part in self.more.items():
            found[name] = part(rows) if isinstance(part, Callable) and not isinstance(part, type) else part
            if isinstance(part, type):
                found[name] = rows[part].pk
        return found


def row(
    default: int, of: Any = None, *, key: str = "pk", more: Any = None, scoped: bool = True, **other: int
) -> Row:
    """`default` for all roles but those named."""
    answers = {role: other.get(role, default) for role in ROLES}
    return Row(answers, of, key, more or {}, scoped and of is not None)


def public(of: Any = None, **more: Any) -> Row:
    """For everybody; an object, for everybody of its street."""
    return row(200, of, **({"far": 404} if of is not None else {}), **more)


def signed_in(**other: Any) -> Row:
    return row(200, **{"anonymous": 302, **other})


def only(*roles: str, answer: int = 200, otherwise: int = 403, of: Any = None, **more: Any) -> Row:
    """For the named roles; who is not signed in is led to the sign-in; an object of elsewhere is not found."""
    answers = dict.fromkeys(roles, answer)
    if of is not None:
        answers["far"] = 404
    return row(otherwise, of, **{"anonymous": 302, **answers, **more})


def by_post(of: Any = None, **more: Any) -> Row:
    """Done by POST alone."""
    return row(405, of, **{"anonymous": 302, **more})


STAFF = ("secretary", "official", "far")
APPOINTED = (*STAFF, "patroller", "liaison", "zone_leader")
TABLE: dict[str, Row] = {
    "healthz": row(503),  # no worker runs beside these tests
    "api_schema": row(200),
    "api_docs": row(200),
    # accounts
    "accounts:sign_in": row(302, anonymous=200),
    "accounts:sign_in_by_code": row(200),
    "accounts:enter_code": row(302),
    "accounts:sign_out": row(405),
    "accounts:password": signed_in(),
    "accounts:landing": row(302),
    # campaign
    "campaign:home": public(),
    "campaign:dashboard": only(*STAFF),
    "campaign:entries": only(*STAFF, "liaison"),
    "campaign:figure": row(200, more={"metric": "volunteers.registered"}),
    "campaign:map": only(*APPOINTED),
    "campaign:map_layer": only(*APPOINTED, more={"name": "points"}),
    "campaign:message_list": signed_in(),
    "campaign:messages_read": by_post(),
    "campaign:message_open": by_post(of=Message),
    "campaign:contact_wish": signed_in(),
    "campaign:confirm_email": signed_in(more={"token": "somebody-elses"}),
    "campaign:organisation": public(),
    "campaign:reports": only(*STAFF, "zone_leader", answer=302),
    "campaign:year_report": only(
        *STAFF, "zone_leader", more={"year": lambda rows: timezone.localdate().year}
    ),
    "campaign:year_report_word": only(
        *STAFF, "zone_leader", more={"year": lambda rows: timezone.localdate().year}
    ),
    "campaign:story_list": public(),
    "campaign:story_detail": public(of=Story),
    # grids
    "grids:today": only(*APPOINTED),
    "grids:patrol_detail": only("patroller", "zone_leader", *STAFF, of=Patrol, otherwise=404, volunteer=403),
    "grids:point_check": only(
        "patroller", "zone_leader", *STAFF, of=Patrol, otherwise=404, volunteer=403, more={"point_pk": Point}
    ),
    "grids:patrol_finish": by_post(of=Patrol, volunteer=403),
    "grids:patrol_miss": by_post(of=Patrol, volunteer=403),
    "grids:patrol_list": only(*APPOINTED),
    "grids:plan_list": only(*APPOINTED),
    "grids:plan_new": only("zone_leader", "official", "far"),
    "grids:plan_detail": only(
        "patroller", "zone_leader", *STAFF, of=PatrolPlan, otherwise=404, volunteer=403
    ),
    "grids:plan_change": only(
        "zone_leader", "official", of=PatrolPlan, otherwise=404, volunteer=403, patroller=403, secretary=403
    ),
    "grids:patrol_change": only(
        "zone_leader", "official", of=Patrol, otherwise=404, volunteer=403, patroller=403, secretary=403
    ),
    "grids:roster_week": only(*APPOINTED),
    "grids:roster_paper": only(*APPOINTED),
    "grids:handover_ask": only(
        "patroller", of=Patrol, otherwise=404, volunteer=403, zone_leader=403, secretary=403, official=403
    ),
    "grids:cross_check_list": only("official", "far"),
    "grids:cross_check_detail": only("official", of=CrossCheck),
    "grids:handover_list": only(*APPOINTED),
    "grids:handover_decide": by_post(of=Handover, volunteer=403),
    "grids:case_list": only(*APPOINTED),
    "grids:case_export": only(*APPOINTED),
    "grids:case_detail": public(of=Case, key="code"),  # its course, for whoever has the number
    "grids:case_move": by_post(of=Case, key="code", volunteer=403, more={"move": "dispatch"}),
    "grids:case_new": only(*STAFF, "zone_leader"),
    "grids:hotline_import": only(*STAFF),
    "grids:hotline_template": only(*STAFF),
    "grids:filter_list": only(*APPOINTED),
    "grids:filter_remove": by_post(of=SavedFilter, volunteer=403),
    "grids:batch_list": only(*APPOINTED),
    "grids:batch_choose": by_post(volunteer=403),
    "grids:batch_detail": only("official", of=CaseBatch, key="code", otherwise=404, volunteer=403),
    "grids:batch_start": by_post(of=CaseBatch, key="code", volunteer=403),
    "grids:batch_undo": by_post(of=CaseBatch, key="code", volunteer=403),
    "grids:case_sheet": only(
        "liaison", "zone_leader", "secretary", "official", of=Case, key="code", otherwise=404, volunteer=403
    ),
    "grids:case_unmerge": by_post(of=Case, key="code", volunteer=403),
    "grids:case_answer": row(405, of=Case, key="code", scoped=False),
    "grids:indicator_list": only("zone_leader", *STAFF),
    "grids:indicator_export": only("zone_leader", *STAFF),
    "grids:reminder_list": only(*APPOINTED),
    "grids:reminder_acknowledge": by_post(volunteer=403),
    "grids:recheck_list": only(*APPOINTED),
    "grids:recheck_hand_on": by_post(of=Recheck, volunteer=403),
    "grids:case_note": by_post(of=Case, key="code", volunteer=403),
    "grids:case_photo": row(404, of=CasePhoto, liaison=200, zone_leader=200, secretary=200, official=200),
    "grids:report": public(),
    "grids:reported": row(404, of=Case, key="code"),  # for the browser that has just sent it
    "grids:follow": public(),
    "grids:merchant_list": only(*APPOINTED),
    "grids:frontage_card": public(of=Merchant, key="plate"),
    "grids:frontage_qr": public(of=Merchant, key="plate"),
    "grids:merchant_export": only(*APPOINTED),
    "grids:merchant_import": only("zone_leader", *STAFF),
    "grids:merchant_template": only(*APPOINTED),
    "grids:frontage_month": only("patroller", "zone_leader", *STAFF),
    "grids:frontage_check": only("patroller", "zone_leader", *STAFF, of=Merchant, key="plate"),
    "grids:frontage_door": only("patroller", "zone_leader", *STAFF, of=Merchant, key="plate"),
    "grids:frontage_act": by_post(of=Merchant, key="plate", more={"act": "publish"}, anonymous=405),
    "grids:point_list": only(*APPOINTED),
    "grids:point_export": only(*APPOINTED),
    "grids:point_import": only(*STAFF),
    "grids:point_template": only(*APPOINTED),
    "grids:point_plates": only(*APPOINTED),
    "grids:point_page": public(of=Point, key="plate"),
    "grids:point_qr": public(of=Point, key="plate"),
    "grids:health_list": only(*STAFF, "zone_leader"),
    "grids:health_check": only(*STAFF, "zone_leader", of=HealthAction),
    "grids:health_seen": only(*STAFF, of=HealthCheck, zone_leader=404),
    "grids:visit_list": only(*STAFF),
    "grids:whistle_list": only(*APPOINTED),
    "grids:whistle_blow": only(*STAFF, "zone_leader"),
    "grids:whistle_detail": only(
        "liaison", "secretary", "official", of=Whistle, key="code", otherwise=404, volunteer=403
    ),
    "grids:whistle_step": by_post(of=Whistle, key="code", volunteer=403, more={"step": "close"}),
    "grids:whistle_link": by_post(of=Whistle, key="code", volunteer=403, more={"pk": WhistleTask}),
    "grids:whistle_task_step": by_post(
        of=Whistle, key="code", volunteer=403, more={"pk": WhistleTask, "step": "sign"}
    ),
    "grids:whistle_link_revoke": by_post(of=WhistleLink, volunteer=403),
    # For whoever has the signed address, with or without an account.
    "grids:whistle_answer": row(200, more={"token": lambda rows: token_of(rows[WhistleLink])}),
    "grids:whistle_answer_step": row(
        405, more={"token": lambda rows: token_of(rows[WhistleLink]), "step": "sign"}
    ),
    "grids:whistle_photo": only(
        "liaison", "secretary", "official", of=WhistlePhoto, otherwise=404, volunteer=403
    ),
    "grids:request_list": only(*STAFF, "zone_leader"),
    "grids:request_detail": only(
        "liaison",
        "zone_leader",
        "secretary",
        "official",
        of=Request,
        key="code",
        otherwise=404,
        volunteer=403,
    ),
    "grids:request_retype": by_post(of=Request, key="code", volunteer=403),
    "grids:request_exclude": only("official", of=RequestContact, patroller=404),
    "grids:request_phone": only("secretary", "official", of=Request, key="code", patroller=404),
    "grids:hotspot_list": only(*STAFF, "zone_leader"),
    "grids:hotspot_cases": only(*STAFF, "zone_leader", answer=404),  # it says of which spot in its query
    "grids:hotspot_patrol": by_post(volunteer=403),
    "grids:zone_list": only(*APPOINTED),
    # volunteers
    "volunteers:activity_list": public(),
    "volunteers:activity_plan": only(*STAFF),
    "volunteers:activity_detail": public(of=Activity),
    "volunteers:sign_up_code": row(302, of=Activity, far=404),  # nobody has asked for a code yet
    "volunteers:send_again": row(405, of=Activity),
    "volunteers:activity_publish": by_post(of=Activity),
    "volunteers:activity_cancel": only(*STAFF, of=Activity, otherwise=404, liaison=403),
    "volunteers:attendance_list": only(*STAFF, of=Activity, otherwise=404, liaison=403),
    "volunteers:signup_phone": only(*STAFF, of=Signup, otherwise=404, liaison=403),
    "volunteers:me": signed_in(),
    "volunteers:signup_detail": only("volunteer", of=Signup, otherwise=404),
    "volunteers:leave": by_post(of=Signup),
    "volunteers:my_skills": signed_in(),
    "volunteers:my_teams": signed_in(),
    "volunteers:team_join": by_post(of=VolunteerTeam),
    "volunteers:team_leave": by_post(of=VolunteerTeam),
    "volunteers:team_requests": only(*STAFF),
    "volunteers:team_answer": by_post(of=TeamRequest),
    "volunteers:family": signed_in(),
    "volunteers:child_go": by_post(of=Volunteer),
    "volunteers:child_leave": by_post(of=Signup),
    "volunteers:paper_consent": only(*STAFF, of=Volunteer),
    "volunteers:my_data": signed_in(),
    "volunteers:my_data_export": only("volunteer", otherwise=404, more={"form": "json"}),
    "volunteers:my_data_agree": by_post(),
    "volunteers:my_data_withdraw": by_post(),
    "volunteers:my_data_erase": signed_in(),
    "volunteers:volunteer_import": only(*STAFF),
    "volunteers:volunteer_template": only(*STAFF),
    "volunteers:activity_copy": only(*STAFF, of=Activity, otherwise=404, liaison=403),
    "volunteers:activity_share": public(of=Activity),
    "volunteers:activity_colleagues": only("liaison", of=Activity),
    "volunteers:series_edit": only(*STAFF, of=ActivitySeries, otherwise=404, liaison=404),
    "volunteers:series_skip": by_post(of=ActivitySeries),
    "volunteers:position_edit": only(*STAFF, of=Position, otherwise=404, liaison=403),
    "volunteers:accept": by_post(of=Signup),
    "volunteers:offer": row(404, more={"token": "1-1:forged"}),  # the address is the key
    "volunteers:privacy": public(),
    "volunteers:volunteer_list": only(*STAFF),
    "volunteers:volunteer_export": only(*STAFF),
    "volunteers:numbers": only(*STAFF),
    "volunteers:numbers_workbook": only(*STAFF),
    "volunteers:numbers_export": only(*STAFF, more={"which": "record"}),
    "volunteers:numbers_phones": only(*STAFF, more={"which": "record"}),
    "volunteers:numbers_rows": only(*STAFF, more={"key": "persons"}),
    "volunteers:volunteer_detail": only(*STAFF, of=Volunteer),
    "volunteers:volunteer_phone": only(*STAFF, of=Volunteer, otherwise=404, volunteer=403),
    "volunteers:door": only(*STAFF, of=Activity, otherwise=404, liaison=403),
    "volunteers:door_code": only(*STAFF, of=Activity, otherwise=404, liaison=403),
    "volunteers:door_print": only(*STAFF, of=Activity, otherwise=404, liaison=403),
    "volunteers:admit": by_post(of=Attendance),
    "volunteers:here": row(200),  # without a scan: what to do
    "volunteers:scan": row(409, more={"code": "no-code"}),
    "volunteers:absence": only("volunteer", *STAFF, of=NoShow, otherwise=404),
    "volunteers:activity_event": public(of=Activity),
    "volunteers:activity_postpone": only(*STAFF, of=Activity, otherwise=404, liaison=403),
    "volunteers:community_feed": public(of=Community),
    "volunteers:my_feed": row(200, of=CalendarFeed, key="token", scoped=False),  # the address is the key
    "volunteers:calendar_feed": signed_in(),
    "volunteers:feed_renew": by_post(),
    "volunteers:recognition": public(),
    "volunteers:certificate_find": public(),
    "volunteers:certificate_check": row(404, of=Certificate, key="code"),  # asked for, not yet issued
    "volunteers:certificate_request": signed_in(),
    "volunteers:certificate_request_for": only(*STAFF, of=Volunteer),
    "volunteers:certificate_register": only(*STAFF),
    "volunteers:certificate_detail": only(*STAFF, "volunteer", of=Certificate, otherwise=404),
    "volunteers:certificate_paper": row(404, of=Certificate, anonymous=302),
    "volunteers:certificate_decide": by_post(of=Certificate, more={"move": "notice"}),
    "volunteers:star_list": only(*STAFF),
    "volunteers:star_stop": only(*STAFF, of=Star),
    "volunteers:star_renew": row(403, of=Star, anonymous=302, secretary=405, official=405, far=405),
    "volunteers:own_record": signed_in(more={"year": 2020}),
    "volunteers:volunteer_record": only(*STAFF, of=Volunteer, more={"year": 2020}),
    "volunteers:hours_correct": only(*STAFF, of=HourEntry, otherwise=404, volunteer=403),
    "volunteers:station_list": public(),
    "volunteers:station_detail": public(of=Station),
}


def people(two_streets: SimpleNamespace) -> SimpleNamespace:
    """The roles as accounts, each with what it is responsible for at community A; and both streets' rows."""
    cast, here, far = two_streets.cast, two_streets.here, two_streets.far
    for rows, leader, patroller in (
        (here, cast.zone_leader, cast.patroller),
        (far, cast.official_far, cast.official_far),
    ):
        change(rows[Zone], leader=leader)
        change(rows[Patrol], patroller=patroller)
        change(rows[PlanTurn], patroller=patroller)
        change(rows[Story], published_on=timezone.localdate())
    for rows in (here, far):
        change(rows[WhistleLink], expires_at=timezone.now() + timedelta(days=1))
        change(rows[Whistle], state="blown")
        change(rows[WhistleTask], state="called", called_at=timezone.now())
    # The volunteer is one person in all that is looked at.
    change(here[Volunteer], user=cast.stranger)
    change(here[Signup], volunteer=here[Volunteer])
    change(here[NoShow], signup=here[Signup])
    roles = {
        "volunteer": cast.stranger,
        "patroller": cast.patroller,
        "liaison": cast.liaison_a,
        "zone_leader": cast.zone_leader,
        "secretary": cast.secretary_a,
        "official": cast.official,
        "far": cast.official_far,
    }
    assert here[Answer].patrol_id == here[Patrol].pk
    assert here[Patrol].plan_id == here[PatrolPlan].pk
    return SimpleNamespace(**{**vars(two_streets), "roles": roles})


def change(row: Any, **values: Any) -> None:
    type(row)._base_manager.filter(pk=row.pk).update(**values)
    row.refresh_from_db()
