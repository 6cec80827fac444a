"""A series: all following activities changed at once, or a day left out."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.views import status_of
from campaign.errors import Refused
from campaign.forms import refuse
from volunteers import activities, leaders
from volunteers.forms import SeriesForm, SkipForm
from volunteers.models import ActivitySeries

FIELDS = ("title", "place", "description", "start_time", "minutes", "places")


def _mine(request: HttpRequest, pk: int) -> ActivitySeries:
    """404 out of scope, 403 for who only sees it."""
    series = get_object_or_404(
        ActivitySeries.objects.visible_to(request.user).select_related("community"), pk=pk
    )
    if request.user.pk != series.leader_id and not leaders.plans_in(request.user, series.community):
        raise PermissionDenied
    return series


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def series_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What is to be from a day on."""
    series = _mine(request, pk)
    initial = {name: getattr(series, name) for name in FIELDS} | {"since": timezone.localdate()}
    form, status = SeriesForm(request.POST or None, initial=initial), 0
    if request.method == "POST" and form.is_valid():
        try:
            changed = activities.change_following(series, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            status = refuse(form, refusal)
        else:
            text = ngettext("%(count)d activity was changed.", "%(count)d activities were changed.", changed)
            messages.success(request, text % {"count": changed})
            return redirect("volunteers:series_edit", pk=series.pk)
    return _show(request, series, form, SkipForm(), status or status_of(form))


@login_required
@require_POST
def series_skip(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave a day out."""
    series = _mine(request, pk)
    form, status = SkipForm(request.POST), 0
    if form.is_valid():
        try:
            activities.skip(series, form.cleaned_data["day"], form.cleaned_data["because"], by=request.user)
        except Refused as refusal:
            status = refuse(form, refusal)
        else:
            messages.success(request, _("This day is left out. Who had signed up is told."))
            return redirect("volunteers:series_edit", pk=series.pk)
    initial = {name: getattr(series, name) for name in FIELDS} | {"since": timezone.localdate()}
    return _show(request, series, SeriesForm(initial=initial), form, status or status_of(form))


def _show(
    request: HttpRequest, series: ActivitySeries, form: SeriesForm, skip: SkipForm, status: int
) -> HttpResponse:
    context = {
        "series": series,
        "form": form,
        "skip": skip,
        "skips": series.skips.filter(day__gte=timezone.localdate()),
    }
    return render(request, "volunteers/series_edit.html", context, status=status)
