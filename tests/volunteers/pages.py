"""Browsers for the page tests of this app, and signing up as a stranger does."""

from types import SimpleNamespace
from typing import Any

from django.test import Client
from django.urls import reverse

from volunteers import people
from volunteers.models import Activity, Volunteer

BACKEND = "django.contrib.auth.backends.ModelBackend"


def browser(user: Any = None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user, backend=BACKEND)
    return client


def detail(activity: Activity) -> str:
    return reverse("volunteers:activity_detail", args=[activity.pk])


def code_page(activity: Activity) -> str:
    return reverse("volunteers:sign_up_code", args=[activity.pk])


def typed(activity: Activity, community: Any, phone: str = "12700009999", **other: Any) -> dict[str, Any]:
    """What a stranger fills in on screen one."""
    return {
        "name": "演示新人",
        "phone": phone,
        "community": community.pk,
        "position": activity.positions.first().pk,
        "consent": "on",
        **other,
    }


def with_account(cast: SimpleNamespace, volunteer: Volunteer, *, agreed: bool = True) -> Volunteer:
    """The volunteer, with an account to sign in by, who agreed to the privacy notice."""
    from tests.cast import person

    volunteer.user = person(volunteer.name)
    volunteer.save()
    people.complete(volunteer, consent=agreed)
    return volunteer
