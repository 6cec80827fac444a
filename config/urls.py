"""Every address of the portal. tests/house/ holds a table that says who may open each."""

from django.contrib import admin
from django.urls import include, path

from config.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("admin/", admin.site.urls),
    path("api/v1/", include("config.api")),
    path("accounts/", include("accounts.urls")),
    path("", include("campaign.urls")),
    path("", include("grids.urls")),
    path("", include("volunteers.urls")),
]
