"""The day itself: the code on the leader's phone and who is there; the volunteer scans, and is there."""

import datetime
import io

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaign.errors import Refused
from campaign.streets import street_of
from volunteers import door
from volunteers.models import Activity, Attendance, Signup
from volunteers.views.activities import volunteer_of
from volunteers.views.planning import led

KEPT = datetime.timedelta(minutes=15)
"""so long a scan is remembered for who still has to sign in"""


# --- The leader -------------------------------------------------------------------------------------
@login_required
@require_safe
def board(request: HttpRequest, pk: int) -> HttpResponse:
    """The live board: the code to scan, who is there, who is still expected, who waits to be confirmed."""
    activity = led(request, pk)
    placed = activity.signups.filter(state=Signup.State.CONFIRMED).select_related(
        "volunteer", "position", "attendance"
    )
    people = list(placed.order_by("position", "joined_at", "pk"))
    arrived = [signup for signup in people if hasattr(signup, "attendance")]
    context = {
        "activity": activity,
        "here": [signup for signup in arrived if not signup.attendance.waits_for_leader],
        "waiting": [signup for signup in arrived if signup.attendance.waits_for_leader],
        "expected": [signup for signup in people if not hasattr(signup, "attendance")],
        "all": len(people),
        "seconds": door.SLOT - 5,
    }
    return render(request, "volunteers/door_board.html", context)


@login_required
@require_safe
def rotating(request: HttpRequest, pk: int) -> HttpResponse:
    """The code of this half minute as a picture."""
    return _picture(request, door.rotating_code(led(request, pk)))


@login_required
@require_safe
def printed(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet that hangs at the door."""
    activity = led(request, pk)
    address = _address(request, door.printed_code(activity))
    return render(
        request,
        "volunteers/door_print.html",
        {"activity": activity, "code": segno.make(address).svg_data_uri(scale=8)},
    )


@login_required
@require_POST
def admit(request: HttpRequest, pk: int) -> HttpResponse:
    """The leader agrees that somebody who scanned the sheet is there."""
    rows = Attendance.objects.visible_to(request.user).select_related("signup__activity", "signup__volunteer")
    row = get_object_or_404(rows, pk=pk)
    activity = led(request, row.signup.activity_id)
    try:
        door.admit(row, by=request.user)
    except Refused as refusal:
        context = {"activity": activity, "refused": refusal}
        return render(request, "volunteers/refused.html", context, status=409)
    return redirect("volunteers:door", pk=activity.pk)


def _picture(request: HttpRequest, code: str) -> HttpResponse:
    out = io.BytesIO()
    segno.make(_address(request, code), error="m").save(out, kind="svg", scale=8, border=2, omitsize=True)
    return HttpResponse(out.getvalue(), content_type="image/svg+xml", headers={"Cache-Control": "no-store"})


def _address(request: HttpRequest, code: str) -> str:
    return request.build_absolute_uri(reverse("volunteers:scan", args=[code]))


# --- The volunteer ----------------------------------------------------------------------------------
@require_safe
def scan(request: HttpRequest, code: str) -> HttpResponse:
    """A code was scanned: what it says is looked at now, for it is old in a minute; then sign in and say “here”."""
    try:
        found = door.read(code)
    except Refused as refusal:
        return render(request, "volunteers/here.html", {"refused": str(refusal)}, status=409)
    # Who has no session yet gets one by this; what it holds is no secret.
    request.session["scan"] = [found.activity, found.printed, found.at.isoformat()]
    return redirect("volunteers:here")


@require_http_methods(["GET", "HEAD", "POST"])
def here(request: HttpRequest) -> HttpResponse:
    """I am here, or: I am leaving."""
    kept = _kept(request)
    activity = kept and Activity.objects.filter(pk=kept.activity, committee=street_of(request)).first()
    if not kept or activity is None:
        text = _("Scan the code that the leader shows.")
        return render(
            request,
            "volunteers/here.html",
            {"refused": text},
            status=409 if request.method == "POST" else 200,
        )
    if not request.user.is_authenticated:
        return redirect(f"{reverse('accounts:sign_in_by_code')}?next={reverse('volunteers:here')}")
    volunteer = volunteer_of(request.user)
    if volunteer is None:
        return render(request, "volunteers/me_unknown.html")
    row = Attendance.objects.filter(signup__activity=activity, signup__volunteer=volunteer).first()
    context = {"activity": activity, "row": row, "leaving": bool(row and activity.asks_leaving)}
    if request.method == "POST":
        try:
            row = door.pass_through(kept, volunteer, by=request.user)
        except Refused as refusal:
            return render(request, "volunteers/here.html", {**context, "refused": str(refusal)}, status=409)
        request.session.pop("scan", None)
        messages.success(request, _said(row))
        return redirect("volunteers:signup_detail", pk=row.signup_id)
    return render(request, "volunteers/here.html", context)


def _said(row: Attendance) -> str:
    if row.waits_for_leader:
        return _("Noted. The leader still confirms that you are there.")
    if row.left_at:
        return _("Thank you. Your hours are in your record.")
    return _("Noted: you are here. Thank you for coming.")


def _kept(request: HttpRequest) -> door.Scan | None:
    """The scan of this browser, while it is fresh; a session holds what we wrote into it."""
    kept = request.session.get("scan")
    if not kept:
        return None
    activity, is_printed, at = kept
    moment = datetime.datetime.fromisoformat(at)
    return door.Scan(activity, is_printed, moment) if timezone.now() - moment < KEPT else None
