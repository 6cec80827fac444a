"""Special actions of public health: looking at a community or a point by an action's list. Never at a person."""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.errors import Refused
from campaign.models import Community
from campaign.once import write_once
from campaign.roles import may
from campaign.scoping import reach_of
from grids import cases
from grids.models import Answer, Case, ChecklistItem, HealthAction, HealthAnswer, HealthCheck, Point
from grids.scores import Score, score


@dataclass(frozen=True)
class Seen:
    """What was seen of one standard."""

    value: str
    """yes, no or na"""
    faults: int = 1
    note: str = ""
    opens_case: bool = False
    """of a "no": whether it is put on file as a case"""


def running(rows: QuerySet[HealthAction], day: datetime.date | None = None) -> QuerySet[HealthAction]:
    """Of these actions, those that run on `day`, by default today."""
    day = day or timezone.localdate()
    return rows.filter(Q(last_day=None) | Q(last_day__gte=day), first_day__lte=day)


def communities_checked_by(user: Any) -> QuerySet[Community]:
    """The communities for which the person may check: the street's, the own, those of the zones that one leads."""
    visible, reach = Community.objects.visible_to(user), reach_of(user)
    if reach.everything:
        return visible
    own = Q(committee__in=reach.committees) | Q(pk__in=reach.communities)
    led = Q(pk__in=Community.objects.filter(zones__leader=user.pk).values("pk")) if user.pk else Q()
    return visible.filter(own | led)


def check(
    action: HealthAction,
    community: Community,
    seen: Mapping[int, Seen],
    *,
    by: Any,
    day: datetime.date,
    point: Point | None = None,
    note: str = "",
    form_key: uuid.UUID | None = None,
) -> HealthCheck:
    """Keep what was seen by the action's list, `seen` being told by item; the score follows from it, and what is
    to be put on file becomes a case. All of it or nothing; the same `form_key` again is the first.

    Raises Refused when the person may not, the day lies outside the action or in the future, or a standard is
    left out; ValidationError for values that cannot be stored.
    """
    _refuse(action, community, point, by, day)
    items = list(action.checklist.items.select_related("category").order_by("order", "pk"))
    _refuse_answers(items, seen)
    if first := _checked_before(form_key, action, community):
        return first
    told = score((item, seen[item.pk].value, seen[item.pk].faults) for item in items)
    made = HealthCheck(
        committee_id=community.committee_id,
        community=community,
        action=action,
        point=point,
        day=day,
        points_reached=told.points,
        points_possible=told.of,
        note=note.strip(),
        by=by if getattr(by, "pk", None) else None,
        form_key=form_key,
    )
    made.clean_fields(exclude=["committee", "community", "action", "point", "by"])
    answers = [_answer(item, seen[item.pk]) for item in items]

    def write() -> HealthCheck:
        made.save()
        for answer in answers:
            answer.of = made
        HealthAnswer.objects.bulk_create(answers)
        for item in items:
            if seen[item.pk].value == Answer.Value.NO and seen[item.pk].opens_case:
                _open_case(made, item, seen[item.pk], by)
        return made

    return write_once(write, lambda: _checked_before(form_key, action, community))


def _refuse(
    action: HealthAction, community: Community, point: Point | None, by: Any, day: datetime.date
) -> None:
    if action.committee_id != community.committee_id:
        raise Refused(_("It belongs to another street."), "foreign")
    if not may(by, "health.check") or not communities_checked_by(by).filter(pk=community.pk).exists():
        raise Refused(_("You cannot check for this community."), "role")
    if point is not None and point.community_id != community.pk:
        raise Refused(_("This point stands in another community."), "point")
    if day > timezone.localdate():
        raise Refused(_("The day lies in the future."), "future")
    if day < action.first_day or (action.last_day and day > action.last_day):
        raise Refused(_("The action does not run on this day."), "day")


def _refuse_answers(items: list[ChecklistItem], seen: Mapping[int, Seen]) -> None:
    keys = {item.pk for item in items}
    if set(seen) - keys:
        raise Refused(_("This standard is not on the action's list."), "foreign")
    if not items or keys - set(seen):
        raise Refused(_("Say of every standard whether it is met."), "incomplete")
    if any(one.value not in Answer.Value.values for one in seen.values()):
        raise Refused(_("Answer with met, not met or not applicable."), "value")


def _answer(item: ChecklistItem, seen: Seen) -> HealthAnswer:
    faults = seen.faults if seen.value == Answer.Value.NO else 1
    answer = HealthAnswer(item=item, value=seen.value, faults=faults, note=seen.note.strip())
    answer.clean_fields(exclude=["of", "item"])
    return answer


def _checked_before(
    form_key: uuid.UUID | None, action: HealthAction, community: Community
) -> HealthCheck | None:
    first = HealthCheck.objects.filter(form_key=form_key).first() if form_key else None
    if first and (first.action_id, first.community_id) != (action.pk, community.pk):
        raise Refused(_("This form was used by someone else. Open the page anew."), "form_key")
    return first


def _open_case(made: HealthCheck, item: ChecklistItem, seen: Seen, by: Any) -> Case:
    return cases.open(
        committee=made.committee,
        community=made.community,
        category=item.category,
        description=seen.note or _("Not met: %(standard)s") % {"standard": item.text},
        source=Case.Source.OFFICE,
        by=by,
        point=made.point,
        address="" if made.point else made.community.name,
    )


def latest(actions: list[HealthAction], user: Any) -> dict[tuple[int, int], HealthCheck]:
    """The last check of each community as a whole by each of the actions, within the person's scope: two questions."""
    rows = HealthCheck.objects.visible_to(user).filter(action__in=actions, point=None)
    days = {
        (community, action): day
        for community, action, day in rows.order_by().values_list("community", "action").annotate(Max("day"))
    }
    newest: dict[tuple[int, int], HealthCheck] = {}
    for one in rows.filter(day__in=set(days.values())).order_by("pk"):
        if days.get((one.community_id, one.action_id)) == one.day:
            newest[one.community_id, one.action_id] = one
    return newest


def score_of(made: HealthCheck) -> Score:
    """The score of a check as it was reckoned when it was made."""
    return Score(made.points_reached, made.points_possible)
