"""What waits for a person in the streets: patrols to walk, cases to dispatch, to handle, to verify, overdue."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.registry import Todo, todo
from campaign.roles import Role, may
from campaign.scoping import reach_of
from grids import frontage, handovers, ladder
from grids.callbacks import MAY_CALL_BACK
from grids.cases import rechecks
from grids.models import Case, Merchant, Patrol, Request, Whistle, WhistleTask
from grids.models.request import TO_BE_CALLED_BACK
from grids.models.whistle import is_late
from grids.whistleflow import TaskState, WhistleState
from grids.workflow import DISPATCHERS, OPEN, VERIFIERS, State


@todo
def of_patrollers(user: Any) -> Iterable[Todo]:
    """Today's patrols that bear the person's name and are still to be walked."""
    now = timezone.now()
    mine = Patrol.objects.filter(patroller=user.pk, day=timezone.localdate(now), state=Patrol.State.DUE)
    yield Todo(
        title=_("Patrols to walk today"),
        url=reverse("grids:today"),
        **mine.aggregate(count=Count("pk"), overdue=Count("pk", filter=Q(ends_at__lt=now))),
    )


@todo
def of_the_ladder(user: Any) -> Iterable[Todo]:
    """Reminders of deadlines that the person has not acknowledged."""
    waiting = ladder.waiting_for(user)
    yield Todo(title=_("Reminders to acknowledge"), count=waiting.count(), url=reverse("grids:reminder_list"))


@todo
def of_reporters(user: Any) -> Iterable[Todo]:
    """Questions about what the person reported."""
    asked = Case.objects.filter(reporter=user.pk, state=State.WAITING)
    yield Todo(
        title=_("Questions about your reports"),
        count=asked.count(),
        url=reverse("grids:case_list") + "?state=waiting",
    )


@todo
def of_rosters(user: Any) -> Iterable[Todo]:
    """Leave and swap that wait for the leader's consent; decided ones of late; misses that still lack a reason."""
    reach = reach_of(user)
    if reach.everything or not reach.may(Role.OFFICIAL, Role.ZONE_LEADER, Role.PATROLLER):
        return
    now = timezone.now()
    if reach.may(Role.OFFICIAL, Role.ZONE_LEADER):
        asked = handovers.to_decide(user)
        if not reach.committees:
            asked = asked.filter(patrol__zone__leader=user.pk)
        yield Todo(
            title=_("Leave and swap to decide"),
            url=reverse("grids:handover_list"),
            **asked.aggregate(count=Count("pk"), overdue=Count("pk", filter=Q(patrol__starts_at__lt=now))),
        )
    mine = Patrol.objects.filter(
        patroller=user.pk, state=Patrol.State.MISSED, missed_because="",
        day__gte=timezone.localdate(now) - timedelta(days=7),
    )  # fmt: skip
    yield Todo(
        title=_("Missed patrols that lack a reason"),
        count=mine.count(),
        url=reverse("grids:patrol_list")
        + f"?state=missed&first={timezone.localdate(now) - timedelta(days=7)}",
    )


@todo
def of_units(user: Any) -> Iterable[Todo]:
    """Cases that wait for the unit whose liaison the person is."""
    units = reach_of(user).units
    if units:
        waiting = Case.objects.filter(unit__in=units).to_handle()
        yield _cases(_("Cases to handle"), waiting, "handling")


@todo
def of_those_who_answer_for_cases(user: Any) -> Iterable[Todo]:
    """Cases to dispatch and to verify within the person's reach, and those that are overdue there."""
    reach = reach_of(user)
    if reach.everything:
        return  # the system's administrator runs the portal, not the street
    visible = Case.objects.visible_to(user)
    answers = reach.may(Role.OFFICIAL, Role.SECRETARY, Role.CLERK, Role.ZONE_LEADER)
    # What is overdue has a line of its own then, and is counted there once.
    if reach.may(*DISPATCHERS):
        yield _cases(_("Cases to dispatch"), visible.to_dispatch(), "to_file", late=not answers)
        asking = visible.asking().exclude(applications__state="pending", applications__by=user.pk)
        yield _cases(_("Requests of handlers to answer"), asking, "asking", late=False)
    if reach.may(*VERIFIERS):
        # A patroller verifies what the patroller reported; `visible_to` says so. Nobody verifies own work.
        yield _cases(
            _("Cases to verify"), visible.to_verify().exclude(handler=user.pk), "to_verify", late=not answers
        )
    if answers:
        late = visible.overdue().count()
        yield Todo(
            title=_("Cases overdue"),
            count=late,
            url=reverse("grids:case_list") + "?show=overdue",
            overdue=late,
        )


@todo
def of_those_who_keep_the_shops(user: Any) -> Iterable[Todo]:
    """Shops to check again, to sign the pledge, whose objection waits, within the person's reach."""
    reach = reach_of(user)
    if reach.everything or not may(user, "frontage.keep"):
        return
    shops = frontage.standing(Merchant.objects.visible_to(user))
    if not reach.committees:
        shops = shops.filter(Q(community__in=reach.communities) | Q(zone__leader=user.pk))
    waits = frontage.waiting(shops, for_whom=user)
    yield _shops(_("Shops to check again"), "recheck", waits["recheck"], waits["recheck"])
    yield _shops(_("Shops to sign the pledge"), "pledge", waits["pledge"])
    if may(user, "frontage.decide"):
        yield _shops(_("Objections of shops to decide on"), "appeal", waits["appeal"])


def _shops(title: Any, show: str, count: int, overdue: int = 0) -> Todo:
    return Todo(
        title=title, count=count, url=reverse("grids:merchant_list") + f"?show={show}", overdue=overdue
    )


@todo
def of_those_who_look_again(user: Any) -> Iterable[Todo]:
    """Closed cases that were drawn for the person to look at again."""
    waiting = rechecks.waiting_for(user).count()
    if waiting:
        yield Todo(
            title=_("Closed cases to re-check"), count=waiting, url=reverse("grids:recheck_list"), overdue=0
        )


def _cases(title: Any, waiting: Any, show: str, *, late: bool = True) -> Todo:
    return Todo(
        title=title,
        count=waiting.count(),
        url=reverse("grids:case_list") + f"?show={show}",
        overdue=waiting.overdue().count() if late else 0,
    )


@todo
def of_whistles(user: Any) -> Iterable[Todo]:
    """A unit's whistles to answer; the street's to approve, to decide and to rate."""
    reach, now, here = reach_of(user), timezone.now(), reverse("grids:whistle_list")
    if reach.units:
        waiting = WhistleTask.objects.waiting_for(reach.units).filter(whistle__state=WhistleState.BLOWN)
        late = WhistleTask.objects.overdue(now).filter(pk__in=waiting.values("pk")).count()
        yield Todo(_("Whistles to answer"), waiting.count(), here + "?state=blown", late)
    if reach.committees:
        tasks = WhistleTask.objects.visible_to(user).filter(whistle__state=WhistleState.BLOWN)
        told = tasks.aggregate(
            to_decide=Count("pk", filter=Q(state=TaskState.TO_DECIDE)),
            to_rate=Count("pk", filter=Q(state=TaskState.REPORTED)),
            late=Count("pk", filter=is_late(now)),
        )
        raised = Whistle.objects.visible_to(user).filter(state=WhistleState.RAISED)
        yield Todo(
            _("Whistles to approve"), raised.exclude(raised_by=user.pk).count(), here + "?state=raised"
        )
        yield Todo(_("Whistles to decide"), told["to_decide"], here + "?state=to_decide")
        yield Todo(_("Whistles to rate"), told["to_rate"], here + "?state=to_rate")
        yield Todo(
            _("Units late for a whistle"), told["late"], here + "?state=blown&overdue=on", told["late"]
        )


@todo
def of_those_who_call(user: Any) -> Iterable[Todo]:
    """Reporters to contact, for whoever answers for the case; reporters to call back, for the street."""
    reach, here = reach_of(user), reverse("grids:request_list")
    if reach.everything or not reach.may(Role.OFFICIAL, Role.SECRETARY, Role.CLERK, Role.ZONE_LEADER):
        return
    unheard = Request.objects.visible_to(user).filter(state=Request.State.OPEN, respond_by__isnull=False)
    waits = Q(responded_at=None, case__state__in=OPEN)
    told = unheard.aggregate(
        waits=Count("pk", filter=waits),
        late=Count("pk", filter=waits & Q(respond_by__lt=timezone.now())),
        back=Count("pk", filter=Q(case__state__in=TO_BE_CALLED_BACK)),
    )
    yield Todo(_("Reporters to contact"), told["waits"], here + "?show=to_contact", told["late"])
    if reach.may(*MAY_CALL_BACK):
        yield Todo(_("Reporters to call back"), told["back"], here + "?show=to_call_back")
