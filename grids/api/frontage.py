"""Shops and their cards, read within scope; inspected through the same verb as the page."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.api.scoped import ScopedSerializer
from grids import frontage
from grids.api.zones import ReadOnly
from grids.models import FrontageInspection, Merchant


class MerchantSerializer(ScopedSerializer):
    latest_status = serializers.ChoiceField(
        FrontageInspection.Status.choices, read_only=True, allow_null=True, help_text="of the last inspection"
    )
    latest_day = serializers.DateField(read_only=True, allow_null=True)

    class Meta:
        model = Merchant
        fields = [
            "id", "plate", "community", "zone", "name", "address", "pledged_on", "since", "until",
            "latest_status", "latest_day",
        ]  # fmt: skip
        read_only_fields = fields


class InspectionBody(serializers.Serializer):
    hygiene = serializers.BooleanField()
    greenery = serializers.BooleanField()
    order = serializers.BooleanField()
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)
    form_key = serializers.UUIDField(required=False, help_text="the same twice is one inspection")


class MerchantFilter(django_filters.FilterSet):
    name = django_filters.CharFilter("name", "icontains")

    class Meta:
        model = Merchant
        fields: list[str] = []


class MerchantViewSet(ReadOnly):
    """Shops with a frontage; never their owner or phone."""

    queryset = Merchant.objects.all()
    serializer_class = MerchantSerializer
    filterset_class = MerchantFilter
    writes_by_action = {"inspections": "frontage.inspect"}

    def get_queryset(self) -> QuerySet[Any]:
        return frontage.latest_statuses(super().get_queryset())

    @extend_schema(
        request=InspectionBody,
        responses={200: MerchantSerializer, 409: OpenApiResponse(description="refused by the verb")},
    )
    @action(detail=True, methods=["post"])
    def inspections(self, request: Request, pk: str | None = None) -> Response:
        """Put one look at the frontage on record; the card follows it."""
        merchant = self.get_object()
        body = InspectionBody(data=request.data)
        body.is_valid(raise_exception=True)
        frontage.inspect(merchant, by=request.user, **body.validated_data)
        return Response(self.get_serializer(self.get_object()).data)
