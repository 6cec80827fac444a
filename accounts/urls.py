from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("sign-in/code/", views.sign_in_by_code, name="sign_in_by_code"),
    path("sign-in/code/enter/", views.enter_code, name="enter_code"),
    path("sign-out/", views.SignOut.as_view(), name="sign_out"),
    path("password/", views.ChangePassword.as_view(), name="password"),
    path("landing/", views.landing, name="landing"),
]
