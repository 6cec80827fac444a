"""Signing in and out."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import codes
from accounts.addresses import client_address
from accounts.forms import CodeForm, PhoneForm, SignInForm
from accounts.models import User
from accounts.signals import landing_asked, password_asked

BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignIn(LoginView):
    """Phone and password, for whoever has an appointment."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=400)


class SignOut(LogoutView):
    """By POST only: a link in a message can sign nobody out."""

    http_method_names = ["post", "options"]


class ChangePassword(PasswordChangeView):
    """A new password of one's own; other browsers of the account are signed out by it."""

    template_name = "accounts/password.html"
    success_url = reverse_lazy("accounts:landing")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("The password was changed."))
        return super().form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=400)


@require_GET
def landing(request: HttpRequest) -> HttpResponse:
    """Where a person begins after signing in; the apps above know which page that is."""
    if request.user.is_authenticated:
        for _receiver, address in landing_asked.send(sender=User, user=request.user):
            if address:
                return redirect(address)
    return redirect("campaign:home")


@require_http_methods(["GET", "POST"])
def sign_in_by_code(request: HttpRequest) -> HttpResponse:
    """Screen one: the phone; a code goes there. A known and an unknown number are answered alike."""
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and send_code(request, form, form.cleaned_data["phone"]):
        request.session["sign_in_phone"] = form.cleaned_data["phone"]
        request.session["sign_in_next"] = safe_next(request)
        return redirect("accounts:enter_code")
    return render(request, "accounts/sign_in_by_code.html", {"form": form}, status=status_of(form))


@require_http_methods(["GET", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """Screen two: the code. Accounts that open the admin need their password and are not let in here."""
    phone = request.session.get("sign_in_phone")
    if not phone:
        return redirect("accounts:sign_in_by_code")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and use_code(request, form, phone):
        user = User.objects.filter(phone=phone, is_active=True).first()
        if user is None or needs_password(user):
            messages.info(
                request, _("No volunteer is registered with this number yet. Choose an activity and sign up.")
            )
            return redirect("volunteers:activity_list")
        next_page = request.session.get("sign_in_next") or ""
        login(request, user, backend=BACKEND)
        return redirect(next_page or "accounts:landing")
    return render(
        request,
        "accounts/enter_code.html",
        {"form": form, "shown_code": shown_code(request)},
        status=status_of(form),
    )


def needs_password(user: User) -> bool:
    """Whether the account opens the admin, for which whoever holds the phone is not yet enough."""
    asked = password_asked.send(sender=User, user=user)
    return user.is_staff or user.is_superuser or any(needed for _receiver, needed in asked)


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """After too many wrong passwords from one address for one account."""
    return render(request, "429.html", status=429)


# --- For other pages that ask for a code ----------------------------------------------------------
def send_code(request: HttpRequest, form: Any, phone: str) -> bool:
    """Send a code to `phone` for this browser session; a refusal becomes an error of the form."""
    if request.session.session_key is None:
        request.session.create()
    try:
        code = codes.send(phone, session=request.session.session_key, address=client_address(request))
    except codes.CodeRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    if not settings.SMS_GATEWAY and not settings.PRODUCTION:
        request.session["shown_code"] = code  # nobody sends text messages in the demo: the page shows it
    return True


def use_code(request: HttpRequest, form: Any, phone: str) -> bool:
    """Use up the code that was typed; a refusal becomes an error of the field."""
    try:
        codes.use(phone, form.cleaned_data["code"], session=request.session.session_key or "")
    except codes.CodeRefused as refusal:
        form.add_error("code", str(refusal))
        return False
    request.session.pop("shown_code", None)
    return True


def shown_code(request: HttpRequest) -> str:
    """The code to show on the page, where no gateway is set up; never in production."""
    return "" if settings.PRODUCTION else request.session.get("shown_code", "")


def safe_next(request: HttpRequest) -> str:
    """The page asked for by `next`, if it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else ""


def status_of(form: Any) -> int:
    """A form with errors is answered with 400, so that programs too know that nothing was done."""
    return 400 if form.is_bound and form.errors else 200
