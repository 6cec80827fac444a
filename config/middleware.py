"""Three headers and one refusal that hold for every page."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils.translation import gettext as _

Handler = Callable[[HttpRequest], HttpResponse]

STRICT = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
# The admin theme runs Alpine, which evaluates expressions; it gets its own policy, the public pages do not.
ADMIN = (
    "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
# The page that shows the API's schema sets the style of its parts itself; its scripts are files of ours.
SCHEMA = f"{STRICT}; style-src 'self' 'unsafe-inline'"
BY_ADDRESS = (("/admin/", ADMIN), ("/api/v1/docs/", SCHEMA))


def _host_of(address: str) -> str:
    """Where the map's tiles come from; the one outside address that an office may allow, on the map alone."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".replace("{s}", "*")


class ContentSecurityPolicy:
    """Allows what we serve ourselves and nothing else."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = next((policy for start, policy in BY_ADDRESS if request.path.startswith(start)), STRICT)
        if settings.MAP_TILES and request.path == "/map/":
            policy = policy.replace("img-src 'self'", f"img-src 'self' {_host_of(settings.MAP_TILES)}")
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
        return response


class RefuseNullBytes:
    """PostgreSQL cannot store U+0000 and answers with an error that would become a 500: say 400 instead."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        address = request.path + request.META.get("QUERY_STRING", "")
        if "\x00" in address or "%00" in address:
            return HttpResponseBadRequest(_("The address holds a character that cannot be read."))
        return self.get_response(request)


class PrivatePagesAreNotCached:
    """What a signed-in person sees is kept by no proxy and by no shared computer's back button."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "private, no-store"
        return response
