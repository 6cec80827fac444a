"""The OpenAPI schema. Working it out takes seconds, anyone may ask for it, and it changes with the code alone:
so each process works it out once a language and form, whatever the question holds."""

from functools import cache

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer2, OpenApiYamlRenderer

JSON, YAML = "application/json", "application/vnd.oai.openapi"


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The schema as YAML, or as JSON for who asks for it (`?format=json`, or by the Accept header)."""
    wants_json = request.GET.get("format") == "json" or JSON in request.headers.get("Accept", "")
    form = JSON if wants_json else YAML
    response = HttpResponse(_written(get_language() or "", form), content_type=f"{form}; charset=utf-8")
    response.headers["Content-Disposition"] = f'inline; filename="portal.{"json" if wants_json else "yaml"}"'
    patch_vary_headers(response, ["Accept", "Accept-Language"])
    return response


@cache
def _written(language: str, form: str) -> bytes:
    found = SchemaGenerator().get_schema(request=None, public=True)
    renderer = OpenApiJsonRenderer2() if form == JSON else OpenApiYamlRenderer()
    return renderer.render(found, renderer_context={})
