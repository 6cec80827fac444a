from django.urls import path

from campaign.views.home import home

app_name = "campaign"
urlpatterns = [
    path("", home, name="home"),
]
