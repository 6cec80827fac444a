"""What waits for a person: leaders close what was held and fill what is empty, volunteers come."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.registry import Todo, todo
from campaign.roles import may
from volunteers.models import Activity, Certificate, NoShow, Signup

SOON = timedelta(days=7)
LATE = timedelta(days=2)
"""hours are recorded promptly (Order 67 of the Ministry of Civil Affairs): within two days"""


@todo
def of_leaders(user: Any) -> Iterable[Todo]:
    """Activities to close, and activities of the coming week that lack people."""
    now = timezone.now()
    mine = _run_by(user)
    to_close = mine.to_close(now)
    yield Todo(
        title=_("Activities whose attendance is to be confirmed"),
        url=reverse("volunteers:activity_list") + "?show=to_close",
        **to_close.order_by().aggregate(
            count=Count("pk"), overdue=Count("pk", filter=Q(ends_at__lt=now - LATE))
        ),
    )
    yield Todo(
        title=_("Activities of the coming week short of volunteers"),
        count=short_of_people(mine, now).count(),
        url=reverse("volunteers:activity_list") + "?show=short",
    )


@todo
def of_absences(user: Any) -> Iterable[Todo]:
    """Appeals that the person decides on."""
    if may(user, "activities.plan"):
        waiting = NoShow.objects.visible_to(user).filter(state=NoShow.State.APPEALED).order_by()
        told = waiting.aggregate(count=Count("pk"), first=Min("pk"))
        yield Todo(
            title=_("Volunteers who explain an absence"),
            count=told["count"],
            url=reverse("volunteers:absence", args=[told["first"]]) if told["first"] else "",
        )


@todo
def of_certifiers(user: Any) -> Iterable[Todo]:
    """Certificates that wait for somebody to look at them, and those whose notice has ended."""
    if not may(user, "volunteers.certify"):
        return
    asked, ended = Q(state="requested"), Q(state="noticed", notice_until__lt=timezone.localdate())
    told = Certificate.objects.visible_to(user).filter(asked | ended).order_by()
    told = told.aggregate(asked=Count("pk", filter=asked), ended=Count("pk", filter=ended))
    register = reverse("volunteers:certificate_register")
    yield Todo(title=_("Certificates asked for"), count=told["asked"], url=f"{register}?state=requested")
    yield Todo(
        title=_("Certificates to issue after their notice"),
        count=told["ended"],
        url=f"{register}?state=noticed",
    )


@todo
def of_volunteers(user: Any) -> Iterable[Todo]:
    """What the person has promised to come to."""
    expected = Signup.objects.filter(
        volunteer__user=user,
        state=Signup.State.CONFIRMED,
        activity__state=Activity.State.PUBLISHED,
        activity__starts_at__gt=timezone.now(),
    )
    yield Todo(
        title=_("Activities that you are signed up for"), count=expected.count(), url=reverse("volunteers:me")
    )


def short_of_people(activities: Any, now: Any) -> Any:
    """Those of the coming seven days that do not have the people they need at least."""
    soon = activities.coming(now).filter(starts_at__lte=now + SOON)
    return soon.filter(short__gt=0)


def _run_by(user: Any) -> Any:
    """The activities that `user` runs: all in reach of who plans activities, else those led."""
    visible = Activity.objects.visible_to(user)
    return visible if may(user, "activities.plan") else visible.filter(_led_by(user))


def _led_by(user: Any) -> Q:
    return Q(leader=user.pk) | Q(team__leader=user.pk)
