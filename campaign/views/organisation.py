"""The 1+3+7+n on one page."""

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaign import dashboards
from campaign.models import Appointment, Committee, Community, Team, Unit
from campaign.roles import Role
from campaign.scoping import reach_of
from campaign.views.gates import street_or_404

ANSWERABLE = (Role.OFFICIAL, Role.SECRETARY, Role.ZONE_LEADER)


@require_safe
def organisation(request: HttpRequest) -> HttpResponse:
    """The chart for everybody; who answers for what, with masked numbers, for those of the street."""
    street = street_or_404(request)
    units = Unit.objects.filter(committee=street, until=None).select_related("community")
    kinds = [
        (Unit.Kind(kind).label, list(found))
        for kind, found in groupby(
            units.order_by("kind", "community__order", "name"), key=lambda unit: unit.kind
        )
    ]
    context = {
        "street": street,
        "teams": Team.objects.filter(committee=street),
        "communities": Community.objects.filter(committee=street),
        "kinds": kinds,
        "unit_count": sum(len(found) for _kind, found in kinds),
        "duties": _duties(request, street),
        "panels": dashboards.panels("organisation", request).drawn,
    }
    return render(request, "campaign/organisation.html", context)


def _duties(request: HttpRequest, street: Committee) -> list[Appointment]:
    """The duty chain: the street's leaders, the secretaries, the zone leaders. Names are for the street's own."""
    reach = reach_of(request.user)
    if not (reach.everything or street.pk in reach.member_of):
        return []
    held = Appointment.objects.on(timezone.localdate()).filter(committee=street, role__in=ANSWERABLE)
    order = {role: number for number, role in enumerate(ANSWERABLE)}
    return sorted(
        held.select_related("user", "community", "unit", "committee"),
        key=lambda one: (order[one.role], one.community.order if one.community else 0, one.pk),
    )
