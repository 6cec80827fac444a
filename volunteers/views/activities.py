"""What everyone may read: the coming activities and each of them, and the practice stations."""

from typing import Any

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from accounts.views import status_of
from campaign import keyset
from campaign.roles import may
from campaign.streets import street_of
from volunteers import leaders
from volunteers.filters import ActivityFilter
from volunteers.models import Activity, Volunteer

ORDER = ("starts_at", "pk")
MOST_NEEDED = 40


@require_safe
def activity_list(request: HttpRequest) -> HttpResponse:
    """What is coming, day by day."""
    form = ActivityFilter(request.GET, committee=street_of(request), user=request.user)
    if form.most_needed:
        page = keyset.Page(list(form.rows().order_by("-short", *ORDER)[:MOST_NEEDED]))
    else:
        page = keyset.page(form.rows(), request.GET.get("cursor"), order=ORDER, size=20)
    context = {
        "form": form,
        "page": page,
        "by_need": form.most_needed,
        "show": form.shown,
        "filtered": bool(form.changed_data),
        "may_plan": may(request.user, "activities.plan"),
    }
    return render(request, "volunteers/activity_list.html", context, status=status_of(form))


def find(request: HttpRequest, pk: int) -> Activity:
    """The activity, if this person may read it: everybody what is public in this street, its leaders drafts too."""
    found = Activity.objects.with_places().select_related("kind", "community", "station", "team", "leader")
    activity = get_object_or_404(
        found.prefetch_related("positions__skill"), pk=pk, committee=street_of(request)
    )
    if activity.state == Activity.State.DRAFT and not leads(request, activity):
        raise Http404
    return activity


@require_safe
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """A sheet with a QR code, to be printed or sent as a picture."""
    activity = find(request, pk)
    address = request.build_absolute_uri(reverse("volunteers:activity_detail", args=[activity.pk]))
    drawn = segno.make(address, error="m").svg_inline(
        scale=1, border=2, omitsize=True, svgclass="qr", lineclass=None
    )
    context = {"activity": activity, "positions": activity.positions.all(), "qr": mark_safe(drawn)}
    return render(request, "volunteers/activity_share.html", context)


def leads(request: HttpRequest, activity: Activity) -> bool:
    """Whether the person runs the activity."""
    return request.user.is_authenticated and leaders.leads(request.user, activity)


def volunteer_of(user: Any) -> Volunteer | None:
    """The volunteer that this account is."""
    return (
        Volunteer.objects.filter(user=user).select_related("community").first()
        if user.is_authenticated
        else None
    )
