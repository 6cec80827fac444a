"""What this app adds to the head's navigation."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from campaign.registry import NavigationItem, register
from campaign.roles import Role, may
from campaign.scoping import reach_of

STREETS = (
    Role.OFFICIAL, Role.SECRETARY, Role.CLERK, Role.ZONE_LEADER, Role.PATROLLER, Role.LIAISON
)  # fmt: skip
"""who works in the streets"""
OUTSIDE = (Role.ZONE_LEADER, Role.PATROLLER, Role.LIAISON)
"""who works with a phone in the hand"""
OFFICE = (Role.OFFICIAL, Role.SECRETARY, Role.CLERK, Role.ZONE_LEADER)
"""who looks after zones and shops"""


def works_in_the_streets(user: Any) -> bool:
    return reach_of(user).may(*STREETS)


def _outside(user: Any) -> bool:
    return reach_of(user).may(*OUTSIDE)


def in_the_office(user: Any) -> bool:
    return reach_of(user).may(*OFFICE)


def _answers_whistles(user: Any) -> bool:
    return reach_of(user).may(*OFFICE, Role.LIAISON)


def _visitor(user: Any) -> bool:
    return not works_in_the_streets(user)


register(
    NavigationItem(_("Today"), "grids:today", 5, _outside),
    NavigationItem(_("Cases"), "grids:case_list", 15, works_in_the_streets),
    NavigationItem(_("Patrols"), "grids:patrol_list", 20, in_the_office),
    NavigationItem(_("Three duties"), "grids:merchant_list", 25, lambda user: may(user, "frontage.inspect")),
    NavigationItem(_("Whistles"), "grids:whistle_list", 17, _answers_whistles),
    NavigationItem(_("Call-backs"), "grids:request_list", 18, in_the_office),
    NavigationItem(_("Visits"), "grids:visit_list", 28, lambda user: may(user, "visits.enter")),
    NavigationItem(_("Map"), "campaign:map", 18, works_in_the_streets),
    NavigationItem(_("Points"), "grids:point_list", 22, in_the_office),
    NavigationItem(_("Special actions"), "grids:health_list", 27, lambda user: may(user, "health.check")),
    NavigationItem(_("Zones"), "grids:zone_list", 29, in_the_office),
    NavigationItem(_("Indicators"), "grids:indicator_list", 30, lambda user: may(user, "reports.read")),
    NavigationItem(_("Report a problem"), "grids:report", 40, _visitor),
    NavigationItem(_("Follow a report"), "grids:follow", 45, _visitor),
)
