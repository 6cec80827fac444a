from django.urls import path

from grids.views import cases, frontage, patrols, public, reminders, today, visits, zones

app_name = "grids"
urlpatterns = [
    path("today/", today.today, name="today"),
    path("today/patrols/<int:pk>/", today.patrol_detail, name="patrol_detail"),
    path("today/patrols/<int:pk>/points/<int:point_pk>/", today.point_check, name="point_check"),
    path("today/patrols/<int:pk>/finish/", today.finish, name="patrol_finish"),
    path("today/patrols/<int:pk>/missed/", today.miss, name="patrol_miss"),
    path("patrols/", patrols.patrol_list, name="patrol_list"),
    path("cases/", cases.case_list, name="case_list"),
    path("cases/export/", cases.case_export, name="case_export"),
    path("cases/<str:code>/", cases.case_detail, name="case_detail"),
    path("cases/<str:code>/moves/<slug:move>/", cases.case_move, name="case_move"),
    path("cases/<str:code>/unmerge/", cases.case_unmerge, name="case_unmerge"),
    path("cases/<str:code>/answer/", public.answer, name="case_answer"),
    path("reminders/", reminders.reminder_list, name="reminder_list"),
    path("reminders/acknowledge/", reminders.acknowledge, name="reminder_acknowledge"),
    path("photos/cases/<int:pk>/", cases.case_photo, name="case_photo"),
    path("report/", public.report, name="report"),
    path("report/<str:code>/", public.reported, name="reported"),
    path("follow/", public.follow, name="follow"),
    path("frontage/", frontage.merchant_list, name="merchant_list"),
    path("frontage/month/", frontage.frontage_month, name="frontage_month"),
    path("frontage/<str:plate>/", frontage.frontage_card, name="frontage_card"),
    path("frontage/<str:plate>/qr.svg", frontage.frontage_qr, name="frontage_qr"),
    path("frontage/<str:plate>/check/", frontage.frontage_check, name="frontage_check"),
    path("frontage/<str:plate>/door/", frontage.frontage_door, name="frontage_door"),
    path("frontage/<str:plate>/acts/<slug:act>/", frontage.frontage_act, name="frontage_act"),
    path("visits/", visits.visit_list, name="visit_list"),
    path("zones/", zones.zone_list, name="zone_list"),
]
