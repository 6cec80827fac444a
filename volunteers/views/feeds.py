"""Calendar feeds: read by programs, without signing in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.codes import digest
from campaign.models import Community
from campaign.streets import street_of
from volunteers import calendars
from volunteers.models import Activity
from volunteers.views.activities import volunteer_of


@require_safe
def my_feed(request: HttpRequest, token: str) -> HttpResponse:
    """What one volunteer signed up for; the address is the key."""
    volunteer = calendars.by_token(token)
    if volunteer is None:
        raise Http404
    return _answer(request, calendars.mine(volunteer), "private")


@require_safe
def community_feed(request: HttpRequest, pk: int) -> HttpResponse:
    """A community's published activities."""
    community = get_object_or_404(Community, pk=pk, committee=street_of(request))
    return _answer(request, calendars.of_community(community), "public")


@require_safe
def activity_event(request: HttpRequest, pk: int) -> HttpResponse:
    """One activity for the own calendar."""
    found = Activity.objects.exclude(state=Activity.State.DRAFT).select_related("committee", "community")
    activity = get_object_or_404(found, pk=pk, committee=street_of(request))
    response = _answer(request, calendars.of_activity(activity), "public")
    response.headers["Content-Disposition"] = f'attachment; filename="activity-{activity.pk}.ics"'
    return response


@login_required
@require_safe
def feed_settings(request: HttpRequest) -> HttpResponse:
    """The address to paste into a calendar program."""
    volunteer = volunteer_of(request.user)
    if volunteer is None:
        return render(request, "volunteers/me_unknown.html")
    return render(
        request,
        "volunteers/calendar_feed.html",
        {"volunteer": volunteer, "address": _address(request, volunteer)},
    )


@login_required
@require_POST
def feed_renew(request: HttpRequest) -> HttpResponse:
    """Another address; the old one is dead. Makes the first one, too."""
    volunteer = volunteer_of(request.user)
    if volunteer is None:
        raise Http404
    calendars.renew(volunteer)
    messages.success(request, _("Your calendar has a new address. The old one no longer works."))
    return redirect("volunteers:calendar_feed")


def _address(request: HttpRequest, volunteer: object) -> str:
    feed = getattr(volunteer, "calendar_feed", None)
    return request.build_absolute_uri(reverse("volunteers:my_feed", args=[feed.token])) if feed else ""


def _answer(request: HttpRequest, content: bytes, for_whom: str) -> HttpResponse:
    """A program that asks each hour is told that nothing changed."""
    etag = quote_etag(digest(content.decode())[:32])
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response.headers["ETag"] = etag
    # What a signed-in person saw is nobody else's, even where it is the same.
    kept = "private" if request.user.is_authenticated else for_whom
    response.headers["Cache-Control"] = f"{kept}, max-age=300"
    return response
