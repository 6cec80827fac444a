"""What a figure means, what it comes to, and the rows behind it."""

import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaign import dashboards, keyset, registry, tallies
from campaign.forms import PeriodForm
from campaign.registry import Metric
from campaign.roles import may
from campaign.views.gates import street_or_404


@require_safe
def figure(request: HttpRequest, metric: str) -> HttpResponse:
    """Definition and sums for everybody where the metric is public; the rows for those whose scope has them."""
    street = street_or_404(request)
    counted = _told_to(request, metric)
    form = PeriodForm(_days(request))
    if not form.is_valid():
        return render(request, "campaign/figure.html", {"metric": counted, "form": form}, status=400)
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    context = {
        "metric": counted,
        "form": form,
        "figure": dashboards.figure(counted, street, first, last),
        "as_of": tallies.as_of(),
        "rows_url": _list_of(counted, first, last),
    }
    if request.user.is_authenticated:
        rows = dashboards.rows_behind(counted, street, request.user, first, last)
        rows = rows.select_related(*_told_by(counted))
        context["page"] = page = keyset.page(rows, request.GET.get("cursor"), order=["-id"], size=30)
        context["rows"] = [_line(counted, row) for row in page.rows]
    return render(request, "campaign/figure.html", context)


def _told_to(request: HttpRequest, key: str) -> Metric:
    metric = registry.metrics.get(key)
    if metric is None or not (metric.public or may(request.user, "reports.read")):
        raise Http404
    return metric


def _days(request: HttpRequest) -> dict[str, Any]:
    """The days asked for; by default the year so far."""
    today = timezone.localdate()
    return {
        "first": request.GET.get("first") or today.replace(month=1, day=1),
        "last": request.GET.get("last") or today,
    }


def _told_by(metric: Metric) -> list[str]:
    """What a row's own name and its community may ask for: read with the rows, not row by row."""
    own = [field.name for field in metric.model._meta.concrete_fields if field.many_to_one]
    return [*own, *([metric.community] if metric.community not in ("", "pk") else [])]


def _line(metric: Metric, row: Any) -> dict[str, Any]:
    """One record behind the figure: day, community, what it is, how much."""
    place: Any = row
    for step in metric.community.split("__") if metric.community else ():
        place = place if step == "pk" else getattr(place, step, None)
    column = dashboards.quantity_column(metric)
    return {
        "day": _on(row, metric.day),
        "community": place if metric.community else "",
        "what": str(row),
        "value": getattr(row, column) if column else None,
    }


def _on(row: Any, column: str) -> datetime.date | None:
    return getattr(row, column, None)


def _list_of(metric: Metric, first: datetime.date, last: datetime.date) -> str:
    if not metric.rows:
        return ""
    try:
        return f"{reverse(metric.rows)}?first={first:%Y-%m-%d}&last={last:%Y-%m-%d}&metric={metric.key}"
    except NoReverseMatch:
        return ""
