"""A guardian's own page of children, and the consent on paper that the community enters."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.views import status_of
from campaign.errors import Refused
from campaign.forms import refuse
from campaign.views.gates import needs
from volunteers import guardians, my_data, signups
from volunteers.forms import ChildForm, PaperConsentForm
from volunteers.models import Signup, Volunteer
from volunteers.views.activities import volunteer_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def family(request: HttpRequest) -> HttpResponse:
    """The children for whom I answer, and a form for another."""
    volunteer = volunteer_of(request.user)
    if volunteer is None:
        return render(request, "volunteers/me_unknown.html")
    form, status = ChildForm(request.POST or None), 0
    if request.method == "POST" and form.is_valid():
        try:
            guardians.add_child(volunteer, **form.for_the_verb())
        except Refused as refusal:
            status = refuse(form, refusal)
        else:
            messages.success(request, _("Noted. You sign the child up on the page of an activity."))
            return redirect("volunteers:family")
    wards = volunteer.wards.filter(withdrawn_at=None).select_related("volunteer")
    children = [
        {"volunteer": row.volunteer, "coming": guardians.coming_of(row.volunteer)}
        for row in wards[: guardians.MOST_CHILDREN]
    ]
    context = {"form": form, "children": children}
    return render(request, "volunteers/family.html", context, status=status or status_of(form))


@login_required
@require_POST
def child_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up the place of my child."""
    signup = get_object_or_404(Signup.objects.filter(volunteer__in=_mine(request)), pk=pk)
    try:
        signups.leave(signup, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The child has left the activity."))
    return redirect("volunteers:family")


@login_required
@require_POST
def child_go(request: HttpRequest, pk: int) -> HttpResponse:
    """Take my consent for a child back, and have the child's data deleted."""
    child = get_object_or_404(_mine(request), pk=pk)
    my_data.let_child_go(child, request.user.volunteer)
    messages.success(request, _("Your consent for the child is taken back."))
    return redirect("volunteers:family")


def _mine(request: HttpRequest) -> Any:
    return Volunteer.objects.filter(guardians.children_of(request.user))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("volunteers.enter")
def paper_consent(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter the consent that a guardian signed on paper."""
    volunteer = get_object_or_404(Volunteer.objects.visible_to(request.user), pk=pk)
    form, status = PaperConsentForm(request.POST or None), 0
    if request.method == "POST" and form.is_valid():
        try:
            guardians.agreed_on_paper(volunteer, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            status = refuse(form, refusal)
        else:
            messages.success(request, _("The guardian's consent was entered."))
            return redirect("volunteers:volunteer_detail", pk=volunteer.pk)
    context = {"form": form, "volunteer": volunteer}
    return render(request, "volunteers/paper_consent.html", context, status=status or status_of(form))
