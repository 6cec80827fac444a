"""/api/v1/: every resource, one line each. Each app keeps its resources in its own api/ folder."""

from django.urls import include, path
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter

from campaign.api import resources as campaign
from campaign.api.schema import schema
from grids.api import resources as grids
from volunteers.api import resources as volunteers

router = DefaultRouter()
for resources in (campaign.RESOURCES, grids.RESOURCES, volunteers.RESOURCES):
    for name, view in resources:
        router.register(name, view, basename=name)

urlpatterns = [
    path("schema/", schema, name="api_schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api_schema"), name="api_docs"),
    path("", include(router.urls)),
]
