"""How the API says no: the verbs' refusals become 409, wrong values 400, in the reader's language."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from campaign.errors import Refused


def explain(failure: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler, which also knows our verbs' refusals and Django's validation errors."""
    if isinstance(failure, Refused):
        return Response({"code": failure.code, "detail": str(failure)}, status=409)
    if isinstance(failure, ValidationError):
        detail = failure.message_dict if hasattr(failure, "error_dict") else failure.messages
        failure = exceptions.ValidationError(detail)
    if isinstance(failure, OverflowError):
        # A moment at the edge of the calendar that no time zone can hold: the framework does not expect it.
        failure = exceptions.ValidationError(_("A value lies outside what can be stored."))
    if isinstance(failure, ProtectedError):
        return Response({"code": "in_use", "detail": _("Other records refer to it.")}, status=409)
    return exception_handler(failure, context)
