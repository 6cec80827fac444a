"""Several people in one form: a unit's liaison or a team's leader signs up colleagues."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaign.errors import Refused
from volunteers import signups, telling, waiting
from volunteers.models import Activity, Position, Signup, Volunteer

MOST = 200


@dataclass(frozen=True)
class Brought:
    """What came of one person: the sign-up, or why there is none."""

    volunteer: Volunteer
    signup: Signup | None = None
    refusal: str = ""


@transaction.atomic
def join(
    position: Position,
    volunteers: Sequence[Volunteer],
    *,
    by: Any,
    all_or_none: bool = False,
    now: datetime.datetime | None = None,
) -> list[Brought]:
    """Sign up several people, in the order given; as many as fit get a place, the others wait behind one another.

    With `all_or_none` nobody is signed up unless everybody gets a place. Who may not be signed up (a clash, a
    missing consent) is passed over, and said. Each is told who did it. Locks the volunteers by their keys, then
    the activity, as every verb does. Raises Refused for nobody, for too many and for all_or_none.
    """
    people = list(dict.fromkeys(volunteers))
    if not 0 < len(people) <= MOST:
        raise Refused(_("Choose whom to sign up, at most two hundred at once."), "nobody")
    list(
        Volunteer.objects.select_for_update(no_key=True)
        .filter(pk__in=[one.pk for one in people])
        .order_by("pk")
    )
    activity = waiting.lock(Activity, position.activity_id)
    there = set(activity.signups.filter(state__in=waiting.HOLDS).values_list("volunteer", flat=True))
    brought = [_one(position, person, by, now, new=person.pk not in there) for person in people]
    if all_or_none and not all(row.signup and row.signup.state == Signup.State.CONFIRMED for row in brought):
        raise Refused(
            _("Not everybody gets a place, so nobody was signed up. Choose fewer, or let the others wait."),
            "not_all",
        )
    return brought


def _one(
    position: Position, volunteer: Volunteer, by: Any, now: datetime.datetime | None, *, new: bool
) -> Brought:
    try:
        with transaction.atomic():
            signup = signups.join(position, volunteer, by=by, now=now)
    except Refused as refusal:
        return Brought(volunteer, refusal=str(refusal))
    if new and by.pk != volunteer.user_id:
        event = signup.events.order_by("pk").last()
        occasion = "brought" if signup.state == Signup.State.CONFIRMED else "brought_to_wait"
        telling.tell(occasion, signup, signup.activity, f"signup-{event.pk}-brought", who=by.name)
    return Brought(volunteer, signup)
