"""What the ground adds to the head's navigation."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from campaign.registry import NavigationItem, register
from campaign.roles import ADMIN_ROLES, may
from campaign.scoping import reach_of


def everyone(user: Any) -> bool:
    return True


def visitor(user: Any) -> bool:
    """Residents; who works here finds these pages from the dashboard."""
    return not reach_of(user).roles


def _able(capability: str) -> Any:
    return lambda user: may(user, capability)


def _official(user: Any) -> bool:
    return reach_of(user).may(*ADMIN_ROLES)


def _signed_in(user: Any) -> bool:
    return bool(user and user.is_authenticated)


register(
    NavigationItem(_("Home"), "campaign:home", 0, everyone),
    NavigationItem(_("Dashboard"), "campaign:dashboard", 10, _able("dashboard.see")),
    NavigationItem(_("Enter publicity"), "campaign:entries", 30, _able("publicity.enter")),
    NavigationItem(_("Organisation"), "campaign:organisation", 70, everyone),
    NavigationItem(_("Year's report"), "campaign:reports", 75, _able("reports.read")),
    NavigationItem(_("Good deeds"), "campaign:story_list", 80, everyone),
    NavigationItem(_("Messages"), "campaign:message_list", 92, _signed_in),
    NavigationItem(_("Office"), "admin:index", 95, _official),
)
