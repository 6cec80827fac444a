"""A liaison or team leader signs up colleagues, several at once."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.views import status_of
from campaign.errors import Refused
from campaign.forms import refuse
from volunteers import leaders, together
from volunteers.forms import ColleaguesForm
from volunteers.models import Signup
from volunteers.views.activities import find


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def colleagues(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick who comes; as many as fit get a place, the others wait."""
    activity = find(request, pk)
    people = leaders.colleagues(request.user, activity)
    if not people.exists():
        raise PermissionDenied
    form, status = ColleaguesForm(request.POST or None, activity=activity, people=people), 0
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            brought = together.join(
                given["position"], list(given["people"]), by=request.user, all_or_none=given["all_or_none"]
            )
        except Refused as refusal:
            status = refuse(form, refusal)
        else:
            _say(request, brought)
            return redirect("volunteers:activity_colleagues", pk=activity.pk)
    coming = activity.signups.filter(
        state__in=(Signup.State.CONFIRMED, Signup.State.OFFERED, Signup.State.WAITING)
    )
    context = {
        "activity": activity,
        "form": form,
        "coming": coming.filter(volunteer__in=people).select_related("volunteer", "position"),
    }
    return render(request, "volunteers/activity_colleagues.html", context, status=status or status_of(form))


def _say(request: HttpRequest, brought: list[Any]) -> None:
    """Who has a place, who waits, and why somebody was passed over."""
    placed = [row for row in brought if row.signup and row.signup.state == Signup.State.CONFIRMED]
    waits = [row for row in brought if row.signup and row.signup.state != Signup.State.CONFIRMED]
    if placed:
        text = ngettext("%(count)d has a place: %(names)s", "%(count)d have a place: %(names)s", len(placed))
        messages.success(request, text % {"count": len(placed), "names": _names(placed)})
    if waits:
        text = ngettext("%(count)d waits: %(names)s", "%(count)d wait: %(names)s", len(waits))
        messages.warning(request, text % {"count": len(waits), "names": _names(waits)})
    for row in brought:
        if row.refusal:
            said = {"name": row.volunteer.name, "why": row.refusal}
            messages.warning(request, _("%(name)s was not signed up: %(why)s") % said)


def _names(rows: list[Any]) -> str:
    return "、".join(row.volunteer.name for row in rows)
