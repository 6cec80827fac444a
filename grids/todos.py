"""What waits for a person in the streets: patrols to walk, cases to dispatch, to handle, to verify, overdue."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.registry import Todo, todo
from campaign.roles import Role
from campaign.scoping import reach_of
from grids.models import Case, Patrol
from grids.workflow import DISPATCHERS, VERIFIERS


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


def _cases(title: Any, waiting: Any, show: str, *, late: bool = True) -> Todo:
    return Todo(
        title=title,
        count=waiting.count(),
        url=reverse("grids:case_list") + f"?show={show}",
        overdue=waiting.overdue().count() if late else 0,
    )
