"""The admin of the portal: Django's, on our own site, which asks the appointment and not a flag."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    default_site = "campaign.adminsite.CampaignAdminSite"
