"""What waits for a person on the ground: goals that fall behind, counts that differ."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign import goals, messages
from campaign.models import Goal, TallyIncident
from campaign.registry import Todo, todo
from campaign.roles import may
from campaign.scoping import reach_of


@todo
def goals_behind(user: Any) -> Iterable[Todo]:
    """Goals of the running stages that are not on track; behind is overdue."""
    if not may(user, "dashboard.see"):
        return
    today = timezone.localdate()
    standing = goals.progresses(goals.current(Goal.objects.visible_to(user), today), today)
    lamps = [one.lamp for one in standing]
    behind, at_risk = lamps.count("behind"), lamps.count("at_risk")
    yield Todo(
        title=_("Goals that are not on track"),
        count=behind + at_risk,
        url=f"{reverse('campaign:dashboard')}#goals",
        overdue=behind,
    )


@todo
def counts_that_differ(user: Any) -> Iterable[Todo]:
    """The nightly audit's findings, for the system's administrator."""
    if reach_of(user).everything:
        yield Todo(
            title=_("Counts that differ from their records"),
            count=TallyIncident.objects.filter(mended_at=None).count(),
            url=reverse("admin:campaign_tallyincident_changelist"),
        )


@todo
def messages_unread(user: Any) -> Iterable[Todo]:
    """What the portal told the person and was not opened."""
    if getattr(user, "pk", None):
        yield Todo(
            title=_("Unread messages"), count=messages.unread(user), url=reverse("campaign:message_list")
        )
