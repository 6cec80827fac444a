from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from campaign.roles import may


class SignedInWithinScope(BasePermission):
    """Signed in to read; what is read is scoped by the view's queryset. To write, a role that may.

    A view names the capability of `campaign.roles.MAY` in `writes`, or per action in `writes_by_action`;
    a view that names none cannot be written.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if not (request.user and request.user.is_authenticated):
            return False
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return True
        needed = getattr(view, "writes_by_action", {}).get(
            getattr(view, "action", None), getattr(view, "writes", None)
        )
        return needed == "scope" or (needed is not None and may(request.user, needed))
