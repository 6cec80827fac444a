"""An absence without a word: the volunteer says why, the leader decides."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.views import status_of
from campaign.errors import Refused
from campaign.forms import refuse
from volunteers import absences, leaders
from volunteers.forms import AbsenceForm
from volunteers.models import NoShow


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def absence(request: HttpRequest, pk: int) -> HttpResponse:
    """Mine: to appeal against. Of an activity that I lead: to excuse or uphold."""
    rows = NoShow.objects.visible_to(request.user)
    found = get_object_or_404(
        rows.select_related("signup__volunteer", "signup__activity__team", "signup__activity__community"),
        pk=pk,
    )
    mine = found.signup.volunteer.user_id == request.user.pk
    decides = not mine and leaders.leads(request.user, found.signup.activity)
    form, status = AbsenceForm(request.POST or None, mine=mine), 0
    if request.method == "POST" and form.is_valid() and (mine or decides):
        text = form.cleaned_data["text"]
        try:
            if mine:
                absences.appeal(found, by=request.user, text=text)
            else:
                absences.decide(found, by=request.user, excused="excuse" in request.POST, note=text)
        except Refused as refusal:
            status = refuse(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("volunteers:absence", pk=pk)
    context = {"absence": found, "mine": mine, "decides": decides, "form": form}
    return render(request, "volunteers/absence.html", context, status=status or status_of(form))
