"""One map of the street for who works there, and the same as a list. It needs no tiles and no script to be read."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.views import status_of
from campaign import maps, registry
from campaign.forms import ScopedForm
from campaign.models import Community
from campaign.scoping import reach_of


def appointed_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorator: signed in, and appointed to anything in a street; else 403."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        reach = reach_of(request.user)
        if not (reach.everything or reach.member_of) or not registry.layers_for(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


class MapForm(ScopedForm):
    """Which community; of which kind the list tells."""

    community = forms.ModelChoiceField(
        Community.objects.all(), required=False, label=_("In"), empty_label=_("all communities")
    )
    layer = forms.ChoiceField(required=False, label=_("list"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.layers = registry.layers_for(self.user)
        self.fields["layer"].choices = [(layer.name, layer.title) for layer in self.layers]

    def chosen(self) -> registry.Layer:
        """The layer of the list; the first for what is no layer."""
        wanted = self.cleaned_data.get("layer") if self.is_valid() else ""
        return next((layer for layer in self.layers if layer.name == wanted), self.layers[0])


@appointed_only
@require_safe
def street_map(request: HttpRequest) -> HttpResponse:
    """The map, and under it the list."""
    form = MapForm(request.GET, user=request.user)
    layer = form.chosen()
    place = form.cleaned_data.get("community") if form.is_valid() else None
    context = {
        "form": form,
        "layers": [_drawn(one, place) for one in form.layers],
        "layer": layer,
        "list_url": reverse(layer.list_url) if layer.list_url else "",
        "list": maps.choose(layer, request.user, community=place),
        "most": maps.MOST,
        "tiles": settings.MAP_TILES,
        "credit": settings.MAP_TILES_CREDIT,
        "error_m": maps.error_m(),
        "system": maps.system().label,
    }
    return render(request, "campaign/map.html", context, status=status_of(form))


def _drawn(layer: registry.Layer, place: Community | None) -> dict[str, Any]:
    address = reverse("campaign:map_layer", args=[layer.name])
    return {"layer": layer, "url": f"{address}?community={place.pk}" if place else address}


@appointed_only
@require_safe
def map_layer(request: HttpRequest, name: str) -> HttpResponse:
    """One layer as GeoJSON: `community` and `box` (west,south,east,north as the map is drawn) narrow it."""
    layer = next((one for one in registry.layers_for(request.user) if one.name == name), None)
    if layer is None:
        raise Http404
    form = MapForm(request.GET, user=request.user)
    try:
        box = maps.read_box(request.GET.get("box", ""))
    except (ValueError, ArithmeticError):
        return JsonResponse({"detail": gettext("The box cannot be read.")}, status=400)
    if not form.is_valid():
        return JsonResponse({"detail": gettext("There is no such community.")}, status=400)
    chosen = maps.choose(layer, request.user, community=form.cleaned_data["community"], box=box)
    return JsonResponse(maps.geojson(layer, chosen))
