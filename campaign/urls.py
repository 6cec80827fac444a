from django.urls import path, register_converter

from campaign.views.dashboard import dashboard
from campaign.views.entries import entries
from campaign.views.figures import figure
from campaign.views.home import home
from campaign.views.map import map_layer, street_map
from campaign.views.messages import (
    confirm_email,
    contact_wish,
    message_list,
    message_open,
    messages_read,
)
from campaign.views.organisation import organisation
from campaign.views.reports import newest_report, year_report, year_report_word
from campaign.views.stories import story_detail, story_list


class MetricKey:
    """The key of a metric, such as publicity.open_letters."""

    regex = r"[a-z_]+\.[a-z0-9_]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(MetricKey, "metric")

app_name = "campaign"
urlpatterns = [
    path("", home, name="home"),
    path("dashboard/", dashboard, name="dashboard"),
    path("entries/", entries, name="entries"),
    path("figures/<metric:metric>/", figure, name="figure"),
    path("map/", street_map, name="map"),
    path("map/layers/<slug:name>/", map_layer, name="map_layer"),
    path("messages/", message_list, name="message_list"),
    path("messages/read/", messages_read, name="messages_read"),
    path("messages/wishes/", contact_wish, name="contact_wish"),
    path("messages/confirm/<str:token>/", confirm_email, name="confirm_email"),
    path("messages/<int:pk>/open/", message_open, name="message_open"),
    path("organisation/", organisation, name="organisation"),
    path("reports/", newest_report, name="reports"),
    path("reports/<int:year>/", year_report, name="year_report"),
    path("reports/<int:year>/word/", year_report_word, name="year_report_word"),
    path("stories/", story_list, name="story_list"),
    path("stories/<int:pk>/", story_detail, name="story_detail"),
]
