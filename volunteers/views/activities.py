"""What everyone may read: the coming activities and each of them, and the practice stations."""

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.views import status_of
from campaign import keyset
from campaign.roles import may
from campaign.streets import street_of
from volunteers import leaders
from volunteers.filters import ActivityFilter
from volunteers.models import Activity, Station, Volunteer

ORDER = ("starts_at", "pk")


@require_safe
def activity_list(request: HttpRequest) -> HttpResponse:
    """What is coming, day by day."""
    form = ActivityFilter(request.GET, committee=street_of(request), user=request.user)
    page = keyset.page(form.rows(), request.GET.get("cursor"), order=ORDER, size=20)
    context = {
        "form": form,
        "page": page,
        "show": form.shown,
        "filtered": bool(form.changed_data),
        "may_plan": may(request.user, "activities.plan"),
    }
    return render(request, "volunteers/activity_list.html", context, status=status_of(form))


def find(request: HttpRequest, pk: int) -> Activity:
    """The activity, if this person may read it: everybody what is public in this street, its leaders drafts too."""
    found = Activity.objects.with_places().select_related("kind", "community", "station", "team", "leader")
    activity = get_object_or_404(found.prefetch_related("positions"), pk=pk, committee=street_of(request))
    if activity.state == Activity.State.DRAFT and not leads(request, activity):
        raise Http404
    return activity


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


@require_safe
def station_list(request: HttpRequest) -> HttpResponse:
    """Where the practice stations of the street are and when they are open."""
    today = timezone.localdate()
    stations = Station.objects.filter(committee=street_of(request), opened_on__lte=today).filter(
        Q(closed_on=None) | Q(closed_on__gt=today)
    )
    ordered = stations.select_related("community").order_by("level", "community__order", "name")
    return render(request, "volunteers/station_list.html", {"stations": ordered})
