"""An admin site that does all that ours must not: a URL conf that the tests of the tests use."""

from django.urls import path
from unfold.admin import ModelAdmin

from campaign.adminsite import CampaignAdminSite
from campaign.models import Community, Site
from config.urls import urlpatterns as ours

leaky = CampaignAdminSite(name="admin")


class UnscopedSites(ModelAdmin):
    list_display = ("name", "community")
    list_filter = ("community",)
    search_fields = ("name",)
    autocomplete_fields = ("community",)

    def has_view_permission(self, request, obj=None):
        return True

    has_add_permission = has_change_permission = has_delete_permission = has_module_permission = (
        has_view_permission
    )


class UnscopedCommunities(UnscopedSites):
    list_display = ("name",)
    list_filter = ()
    autocomplete_fields = ()


leaky.register(Site, UnscopedSites)
leaky.register(Community, UnscopedCommunities)
urlpatterns = [path("admin/", leaky.urls), *ours[2:]]
