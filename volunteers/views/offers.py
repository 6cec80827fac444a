"""A place that is kept for who waits: taken or passed on with one tap, from the link in the message."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from campaign.errors import Refused
from volunteers import signups, waiting
from volunteers.models import Signup


@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, token: str) -> HttpResponse:
    """The link is the key, so nobody needs an account; opening it alone takes nothing, for previews open it too."""
    signup = waiting.offered_by(token)
    if signup is None:
        raise Http404
    status, refused = 200, ""
    if request.method == "POST":
        verb = signups.leave if "pass" in request.POST else signups.accept
        try:
            verb(signup)
        except Refused as refusal:
            status, refused = 409, str(refusal)
        signup = waiting.offered_by(token)
    context = {
        "signup": signup,
        "activity": signup.activity if signup else None,
        "open": signup and signup.state == Signup.State.OFFERED and signup.offer_expires_at > timezone.now(),
        "refused": refused,
    }
    response = render(request, "volunteers/offer.html", context, status=status)
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is a key
    response.headers["Cache-Control"] = "private, no-store"
    return response
