"""What this app adds to the head's navigation."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from campaign.registry import NavigationItem, register
from campaign.roles import may


def _everyone(user: Any) -> bool:
    return True


def _signed_in(user: Any) -> bool:
    return bool(user and user.is_authenticated)


def _staff(user: Any) -> bool:
    return may(user, "volunteers.enter")


def _certifiers(user: Any) -> bool:
    return may(user, "volunteers.certify")


register(
    NavigationItem(_("Volunteering"), "volunteers:activity_list", 50, _everyone),
    NavigationItem(_("Practice stations"), "volunteers:station_list", 55, _everyone),
    NavigationItem(_("List of volunteers"), "volunteers:volunteer_list", 60, _staff),
    NavigationItem(_("Volunteer service in numbers"), "volunteers:numbers", 61, _staff),
    NavigationItem(_("Recognition"), "volunteers:recognition", 58, _everyone),
    NavigationItem(_("Certificates of service"), "volunteers:certificate_register", 62, _certifiers),
    NavigationItem(_("My page"), "volunteers:me", 90, _signed_in),
)
