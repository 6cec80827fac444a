"""What every page knows: the street, the navigation of this person, the foot of a government site."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from campaign import registry, streets


def portal(request: HttpRequest) -> dict[str, Any]:
    """The context processor; lazily, so that an error page asks the database nothing."""
    return {"portal": SimpleLazyObject(lambda: _portal(request))}


def _portal(request: HttpRequest) -> dict[str, Any]:
    committee = streets.street_of(request)
    user = getattr(request, "user", None)
    return {
        "committee": committee,
        "site_name": committee.short_name if committee else "",
        "is_demo": bool(committee and committee.is_demo),
        "footer": {
            "telephone": committee.telephone,
            "icp_number": committee.icp_number,
            "police_number": committee.police_number,
            "site_code": committee.site_code,
        }
        if committee
        else {},
        "navigation": [
            {
                "title": item.title,
                "url": (url := reverse(item.url_name)),
                "current": _is_current(request.path, url),
            }
            # Without a street most pages have nothing to show: the home alone says how to begin.
            for item in (registry.navigation_for(user) if committee else [])
        ],
    }


def _is_current(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
