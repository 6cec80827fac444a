"""Teams that one may join, and the requests that a leader answers."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaign.errors import Refused
from campaign.views.gates import needs
from volunteers import teams
from volunteers.models import TeamMember, TeamRequest, VolunteerTeam
from volunteers.views.activities import volunteer_of

MOST = 100


@login_required
@require_safe
def my_teams(request: HttpRequest) -> HttpResponse:
    """My teams, what I asked for, and which others I may join."""
    volunteer = volunteer_of(request.user)
    if volunteer is None:
        return render(request, "volunteers/me_unknown.html")
    mine = TeamMember.objects.filter(volunteer=volunteer, left_on=None).select_related("team")
    asked = TeamRequest.objects.filter(volunteer=volunteer, state=TeamRequest.State.ASKED)
    others = teams.open_to(volunteer).exclude(pk__in=mine.values("team")).exclude(pk__in=asked.values("team"))
    context = {"mine": mine, "asked": asked.select_related("team"), "others": others[:MOST]}
    return render(request, "volunteers/my_teams.html", context)


@login_required
@require_POST
def join(request: HttpRequest, pk: int) -> HttpResponse:
    """Join, or ask to."""
    return _do(request, pk, teams.join, _("Noted. Thank you!"))


@login_required
@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave the team, or take the request back."""
    return _do(request, pk, teams.leave, _("Done."))


def _do(request: HttpRequest, pk: int, verb: Any, said: str) -> HttpResponse:
    volunteer = volunteer_of(request.user)
    if volunteer is None:
        raise Http404
    team = get_object_or_404(VolunteerTeam, pk=pk, committee=volunteer.committee_id)
    try:
        verb(team, volunteer)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("volunteers:my_teams")


@require_safe
@needs("volunteers.enter")
def team_requests(request: HttpRequest) -> HttpResponse:
    """Who asks to join the teams within reach, the oldest first."""
    rows = TeamRequest.objects.visible_to(request.user).filter(state=TeamRequest.State.ASKED)
    rows = rows.select_related("team", "volunteer__community").order_by("asked_at", "pk")[:MOST]
    return render(request, "volunteers/team_requests.html", {"rows": rows})


@login_required
@require_POST
@needs("volunteers.enter")
def team_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in, or not."""
    row = get_object_or_404(TeamRequest.objects.visible_to(request.user), pk=pk)
    try:
        teams.answer(row, accept="accept" in request.POST, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Noted. Thank you!"))
    return redirect("volunteers:team_requests")
