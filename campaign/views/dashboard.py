"""The secretary's dashboard, and the office's with a choice of communities."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaign import dashboards, organisation, registry, tallies
from campaign.forms import DashboardForm
from campaign.views.gates import needs, street_or_404


@require_safe
@needs("dashboard.see")
def dashboard(request: HttpRequest) -> HttpResponse:
    """What waits, what is on, how far the goals are; of one community, or of the whole street for the office."""
    street = street_or_404(request)
    today = timezone.localdate()
    places = list(organisation.communities_run_by(request.user).filter(committee=street))
    form = DashboardForm(request.GET, places=places, charted=dashboards.charted(), today=today)
    chosen = form.chosen()
    community = chosen.community if len(places) != 1 else places[0]
    panels = dashboards.panels("dashboard", request, community)
    todos = registry.todos_of(request.user)
    context = {
        "street": street,
        "community": community,
        "form": form,
        "kept_with_community": [
            (name, request.GET[name]) for name in ("chart", "year") if request.GET.get(name)
        ],
        "first_line": dashboards.first_line(todos, panels.leads),
        "todos": todos,
        "panels": panels.drawn,
        "goals": dashboards.standing(request.user, street, today, community),
        "numbers": dashboards.this_week(street, today, community),
        "week_first": today - dashboards.WEEK + timedelta(days=1),
        "today": today,
        "chart": dashboards.months(chosen.metric, chosen.year, street, community, today)
        if chosen.metric
        else None,
        "as_of": tallies.as_of(),
    }
    return render(request, "campaign/dashboard.html", context)
