"""The admin's front door: an appointment of today opens it, not a flag that somebody forgot to clear."""

from django.http import HttpRequest
from unfold.sites import UnfoldAdminSite

from campaign.roles import ADMIN_ROLES
from campaign.scoping import reach_of


class CampaignAdminSite(UnfoldAdminSite):
    """Unfold's site for street officials; each list shows what the appointments of the person reach."""

    def has_permission(self, request: HttpRequest) -> bool:
        return reach_of(request.user).may(*ADMIN_ROLES)
