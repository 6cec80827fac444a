"""The way in for a unit without an account: a signed address that opens one task, for a time, until revoked.

The address holds the link's key and its nonce, signed; nothing about a person or a place. The signature keeps
guesses from the database, the nonce in the row is what can be taken back.
"""

import datetime
from datetime import timedelta
from typing import Any

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from campaign.errors import Refused
from grids.models import WhistleLink, WhistleTask
from grids.whistleflow import TASK_STEPS, Party, TaskState
from grids.whistles.parties import parties
from grids.whistles.stepping import locked, step_as

SALT = "grids.whistles.link"
LASTS = timedelta(days=14)
"""how long a link is good, unless it is given for less"""
LONGEST = 200
"""signs of an address that are read at all"""
BY_LINK = frozenset(
    name for name, step in TASK_STEPS.items() if not step.by.isdisjoint({Party.UNIT, Party.PROPOSED})
)


def token_of(link: WhistleLink) -> str:
    """The signed text that stands in the address."""
    return signing.dumps([link.pk, link.nonce], salt=SALT)


def give_link(
    task: WhistleTask, *, by: Any, lasts: timedelta = LASTS, now: datetime.datetime | None = None
) -> WhistleLink:
    """A link for the unit that must answer now; earlier ones of the same unit end with it. Raises Refused."""
    now = now or timezone.now()
    with transaction.atomic():
        whistle = locked(task.whistle_id)
        task = WhistleTask.objects.get(pk=task.pk)
        if Party.STREET not in parties(whistle, task, by):
            raise Refused(_("Only the street gives out links."), "role")
        if not task.is_open or task.state == TaskState.NAMED:
            raise Refused(_("This unit has nothing to answer now."), "state")
        if not timedelta() < lasts <= LASTS:
            raise Refused(_("A link is good for 14 days at most."), "lasts")
        unit = task.proposed_id if task.state == TaskState.OFFERED else task.unit_id
        task.links.filter(unit=unit, revoked_at=None).update(revoked_at=now)
        return WhistleLink.objects.create(
            task=task, unit_id=unit, made_by=by, made_at=now, expires_at=now + lasts
        )


def revoke_link(link: WhistleLink, *, by: Any, now: datetime.datetime | None = None) -> WhistleLink:
    """From now on the link opens nothing. Twice is once. Raises Refused."""
    with transaction.atomic():
        whistle = locked(link.task.whistle_id)
        link = WhistleLink.objects.select_related("task").get(pk=link.pk)
        if Party.STREET not in parties(whistle, link.task, by):
            raise Refused(_("Only the street gives out links."), "role")
        if link.revoked_at is None:
            link.revoked_at = now or timezone.now()
            link.save(update_fields=["revoked_at"])
    return link


def follow(token: str, now: datetime.datetime | None = None) -> WhistleLink:
    """The link of the address. Raises Refused, without saying why, when it opens nothing (any more)."""
    over = Refused(_("This link is no longer valid. Ask the street office for a new one."), "link")
    try:
        key, nonce = signing.loads(token[:LONGEST], salt=SALT)
    except (signing.BadSignature, ValueError, TypeError) as wrong:
        raise over from wrong
    links = WhistleLink.objects.select_related("task__whistle__committee", "task__unit", "unit")
    link = links.filter(pk=key).first()
    if link is None or not constant_time_compare(link.nonce, str(nonce)) or not link.is_good(now):
        raise over
    if link.unit_id not in (link.task.unit_id, link.task.proposed_id):
        raise over  # the task has gone to another unit: it is no longer theirs to read
    return link


def answer_by_link(
    token: str, name: str, *, now: datetime.datetime | None = None, **given: Any
) -> WhistleTask:
    """Make a step of the unit's task through its link; as `answer`, for that task alone. Raises Refused."""
    now = now or timezone.now()
    with transaction.atomic():
        # Looked at again behind the lock: a link that is revoked at the same moment has answered before, or not at all.
        locked(follow(token, now).task.whistle_id)
        link = follow(token, now)
        if name not in BY_LINK:
            raise Refused(_("This step is not yours to make."), "role")
        return step_as(link.task, name, by=None, link_unit=link.unit_id, now=now, **given)
