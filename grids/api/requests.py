"""Requests and the calls to their reporters; a phone is never told here, masked or not."""

from typing import Any

import django_filters
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request as ApiRequest
from rest_framework.response import Response

from campaign.api.scoped import ScopedSerializer
from grids import callbacks
from grids.api.zones import ReadOnly
from grids.models import Request, RequestContact, RequestType

REFUSED = OpenApiResponse(description="refused by the verb; `code` names the reason")


class RequestTypeSerializer(ScopedSerializer):
    class Meta:
        model = RequestType
        fields = ["id", "code", "name", "response_hours", "limit_hours", "is_usual"]
        read_only_fields = fields


class RequestTypeViewSet(ReadOnly):
    """How urgent requests are, with their limits in hours."""

    queryset = RequestType.objects.all()
    serializer_class = RequestTypeSerializer


class RequestSerializer(ScopedSerializer):
    class Meta:
        model = Request
        fields = [
            "id", "case", "community", "type", "state", "asked_at", "respond_by", "responded_at",
            "responded_in_time", "due_by", "round", "attempts",
        ]  # fmt: skip
        read_only_fields = fields


class RequestFilter(django_filters.FilterSet):
    first = django_filters.DateFilter("asked_on", "gte", label="reported from")
    last = django_filters.DateFilter("asked_on", "lte", label="reported until")
    to_call_back = django_filters.BooleanFilter(method="waiting", label="the reporter is to be called back")

    class Meta:
        model = Request
        fields = ["state"]

    def waiting(self, rows: Any, name: str, value: bool) -> Any:
        return rows.to_call_back() if value else rows


class ContactBody(serializers.Serializer):
    purpose = serializers.ChoiceField(choices=RequestContact.Purpose.choices)
    outcome = serializers.ChoiceField(choices=RequestContact.Outcome.choices)
    solved = serializers.ChoiceField(choices=RequestContact.Solved.choices, required=False)
    satisfied = serializers.ChoiceField(choices=RequestContact.Satisfied.choices, required=False)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)
    form_key = serializers.UUIDField(required=False, help_text="the same twice is one call")


class RequestContactSerializer(ScopedSerializer):
    class Meta:
        model = RequestContact
        fields = ["id", "request", "purpose", "round", "outcome", "solved", "satisfied", "at", "excluded"]
        read_only_fields = fields


class RequestViewSet(ReadOnly):
    """Requests within reach."""

    queryset = Request.objects.all()
    serializer_class = RequestSerializer
    filterset_class = RequestFilter
    writes_by_action = {"calls": "scope"}

    @extend_schema(request=ContactBody, responses={200: RequestContactSerializer, 409: REFUSED})
    @action(detail=True, methods=["post"])
    def calls(self, request: ApiRequest, pk: str | None = None) -> Response:
        """Record one call to the reporter."""
        asked = self.get_object()
        body = ContactBody(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        made = callbacks.contact(asked, by=request.user, **body.validated_data)
        return Response(RequestContactSerializer(made, context=self.get_serializer_context()).data)
