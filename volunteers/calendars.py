"""Calendar feeds (RFC 5545): mine, a community's, one activity. Stable UIDs, so that changes and cancellations
reach what a program already has: the SEQUENCE grows, and what is off is CANCELLED rather than missing."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar, Event, vText

from campaign.models import Community
from volunteers.models import Activity, CalendarFeed, Signup, Volunteer
from volunteers.models.feed import new_token

BACK = timedelta(days=60)
"""how long a past activity stays in the feed"""
MOST = 500
STATUS = {Activity.State.CANCELLED: "CANCELLED"}
OF_SIGNUP = {
    Signup.State.CONFIRMED: "CONFIRMED",
    Signup.State.WAITING: "TENTATIVE",
    Signup.State.OFFERED: "TENTATIVE",
    Signup.State.LAPSED: "CANCELLED",
    Signup.State.LEFT: "CANCELLED",
    Signup.State.CANCELLED: "CANCELLED",
}


def mine(volunteer: Volunteer) -> bytes:
    """What the volunteer signed up for; with a place, waiting, or off."""
    rows = Signup.objects.filter(volunteer=volunteer, activity__ends_at__gt=timezone.now() - BACK)
    rows = rows.select_related("activity__committee", "activity__community").order_by("activity__starts_at")
    entries = [(row.activity, OF_SIGNUP[row.state]) for row in rows[:MOST]]
    return _feed(volunteer.name, entries)


def of_community(community: Community) -> bytes:
    """The published activities of a community, for everybody."""
    rows = Activity.objects.filter(community=community, ends_at__gt=timezone.now() - BACK)
    rows = rows.exclude(state=Activity.State.DRAFT).select_related("committee", "community")
    entries = [(row, "CONFIRMED") for row in rows.order_by("starts_at", "pk")[:MOST]]
    return _feed(community.name, entries)


def of_activity(activity: Activity) -> bytes:
    """One activity, to be put into a calendar by hand."""
    return _feed(activity.title, [(activity, "CONFIRMED")])


def my_feed(volunteer: Volunteer) -> CalendarFeed:
    """The volunteer's feed; made at the first wish for it."""
    return CalendarFeed.objects.get_or_create(volunteer=volunteer)[0]


def renew(volunteer: Volunteer) -> CalendarFeed:
    """Another address; whoever had the old one reads no more."""
    feed = my_feed(volunteer)
    feed.token = new_token()
    feed.save()
    return feed


def _feed(name: str, entries: Iterable[tuple[Activity, str]]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//campaign portal//volunteers//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval;value=duration", "PT1H")
    calendar.add("x-published-ttl", "PT1H")
    for activity, status in entries:
        calendar.add_component(_event(activity, status))
    return calendar.to_ical()


def _event(activity: Activity, status: str) -> Event:
    event = Event()
    event.add("uid", f"activity-{activity.pk}@{activity.committee.slug}.campaign")
    event.add("sequence", activity.sequence)
    event.add("dtstamp", activity.changed_at)
    event.add("last-modified", activity.changed_at)
    event.add("dtstart", activity.starts_at)
    event.add("dtend", activity.ends_at)
    event.add("summary", activity.title)
    event.add("location", f"{activity.community.name} {activity.place}")
    said = [activity.description, activity.cancelled_because]
    event.add("description", "\n".join(part for part in said if part))
    event["status"] = vText(STATUS.get(activity.state, status))
    if settings.PUBLIC_URL:
        event.add("url", settings.PUBLIC_URL + reverse("volunteers:activity_detail", args=[activity.pk]))
    return event


def by_token(token: str) -> Any:
    """The volunteer whose feed has this address, or None."""
    feed = CalendarFeed.objects.filter(token=token).select_related("volunteer").first()
    return feed.volunteer if feed else None
