from django.urls import path

from volunteers.views import activities, me, people, planning, sign_up

app_name = "volunteers"
urlpatterns = [
    path("activities/", activities.activity_list, name="activity_list"),
    path("activities/plan/", planning.plan, name="activity_plan"),
    path("activities/<int:pk>/", sign_up.activity_detail, name="activity_detail"),
    path("activities/<int:pk>/code/", sign_up.sign_up_code, name="sign_up_code"),
    path("activities/<int:pk>/code/again/", sign_up.send_again, name="send_again"),
    path("activities/<int:pk>/publish/", planning.publish, name="activity_publish"),
    path("activities/<int:pk>/cancel/", planning.cancel, name="activity_cancel"),
    path("activities/<int:pk>/list/", planning.attendance_list, name="attendance_list"),
    path("signups/<int:pk>/phone/", people.signup_phone, name="signup_phone"),
    path("me/", me.me, name="me"),
    path("me/signups/<int:pk>/", me.signup_detail, name="signup_detail"),
    path("me/signups/<int:pk>/leave/", me.leave, name="leave"),
    path("privacy/", me.privacy, name="privacy"),
    path("volunteers/", people.volunteer_list, name="volunteer_list"),
    path("volunteers/export/", people.volunteer_export, name="volunteer_export"),
    path("volunteers/<int:pk>/", people.volunteer_detail, name="volunteer_detail"),
    path("volunteers/<int:pk>/phone/", people.volunteer_phone, name="volunteer_phone"),
    path("hours/<int:pk>/correct/", people.hours_correct, name="hours_correct"),
    path("stations/", activities.station_list, name="station_list"),
]
