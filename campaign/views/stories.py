"""Good deeds, for everybody."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaign import keyset, stories
from campaign.models import Story
from campaign.views.gates import street_or_404


@require_safe
def story_list(request: HttpRequest) -> HttpResponse:
    """What was published, the latest deed first."""
    shown = stories.published(street_or_404(request))
    page = keyset.page(shown, request.GET.get("cursor"), order=["-happened_on", "-id"], size=20)
    return render(request, "campaign/story_list.html", {"page": page})


@require_safe
def story_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A published story; a draft only for whose community it is of."""
    street = street_or_404(request)
    own = Story.objects.visible_to(request.user).values("pk")
    readable = Q(committee=street, published_on__lte=timezone.localdate()) | Q(pk__in=own)
    story = get_object_or_404(Story.objects.filter(readable).select_related("community"), pk=pk)
    return render(request, "campaign/story_detail.html", {"story": story})
