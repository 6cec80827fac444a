"""What is said to those who sign up, by `campaign.messages`; each once, and nothing after it was called off."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaign import messages
from volunteers import people
from volunteers.models import Activity, HourEntry, Signup
from volunteers.templatetags.service import as_hours


def about(activity: Activity, position: str = "") -> dict[str, Any]:
    """The names that a wording about an activity may use."""
    return {
        "title": activity.title,
        "day": moment(activity.starts_at),
        "place": activity.place,
        "position": position,
    }


def moment(at: datetime.datetime) -> str:
    """A moment as messages write it: 11月20日 09:00."""
    with translation.override(settings.LANGUAGE_CODE):
        return date_format(timezone.localtime(at), "n月j日 H:i")


def tell(occasion: str, signup: Signup, activity: Activity, key: str, **fields: Any) -> None:
    """One person about one activity, until it begins."""
    person = people.told(signup.volunteer)
    messages.tell(
        f"volunteers.{occasion}",
        committee=activity.committee,
        key=key,
        fields={**about(activity, signup.position.name), **fields},
        user=person.user,
        phone=person.phone,
        path=reverse("volunteers:signup_detail", args=[signup.pk]),
        not_after=activity.starts_at,
    )


def offer(signup: Signup, activity: Activity, key: str, *, until: str, token: str) -> None:
    """A place that is kept until a moment. The link serves who has no account; it opens this offer alone."""
    person, path = people.told(signup.volunteer), reverse("volunteers:offer", args=[token])
    with translation.override(settings.LANGUAGE_CODE):
        link = f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else _("in the portal")
    messages.tell(
        "volunteers.offered",
        committee=activity.committee,
        key=key,
        fields={
            **about(activity, signup.position.name),
            "until": until,
            "link": link,
        },
        user=person.user,
        phone=person.phone,
        path=path,
        not_after=signup.offer_expires_at or activity.starts_at,
    )


def announce(occasion: str, activity: Activity, key: str, fields: Mapping[str, Any] | None = None) -> None:
    """The groups that follow activities."""
    messages.announce(
        f"volunteers.{occasion}",
        committee=activity.committee,
        community=activity.community,
        key=key,
        fields={**about(activity), **(fields or {})},
        path=reverse("volunteers:activity_detail", args=[activity.pk]),
    )


def thank(entry: HourEntry) -> None:
    """In the portal alone: a thank-you is worth no text message. Who has no account finds it in the record."""
    if entry.volunteer.user_id:
        messages.tell(
            "volunteers.thanks",
            committee=entry.committee,
            key=f"thanks-{entry.pk}",
            fields={"title": entry.what, "hours": as_hours(entry.minutes)},
            user=entry.volunteer.user,
            path=reverse("volunteers:me"),
        )


def reminder_key(signup: Signup, kind: str) -> str:
    """Changes with the time of the activity, so that one that was put off is reminded of anew."""
    return f"remind-{signup.pk}-{timezone.localtime(signup.activity.starts_at):%Y%m%d%H%M}-{kind}"


def call_off_reminders(signups: Any) -> None:
    """Whoever left or was released is not reminded of what they gave up."""
    for pk in signups:
        messages.call_back(f"remind-{pk}-")
