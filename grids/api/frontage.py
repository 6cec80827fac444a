"""Shops, their inspections, and rounds of visits."""

from typing import Any

import django_filters
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.api.organisation import ReadOnly
from campaign.api.scoped import ScopedSerializer
from grids import frontage, visits
from grids.models import FrontageInspection, Merchant, VisitBatch


class MerchantSerializer(ScopedSerializer):
    status = serializers.CharField(
        source="latest_status", read_only=True, default=None, help_text="of the latest inspection"
    )
    inspected_on = serializers.DateField(source="latest_day", read_only=True, default=None)

    class Meta:
        model = Merchant
        fields = [
            "id", "plate", "community", "zone", "name", "address", "pledged_on", "since", "until", "status",
            "inspected_on",
        ]  # fmt: skip


class InspectionSerializer(ScopedSerializer):
    form_key = serializers.UUIDField(required=False, write_only=True)

    class Meta:
        model = FrontageInspection
        fields = ["day", "hygiene", "greenery", "order", "status", "note", "form_key"]
        extra_kwargs = {"day": {"required": False}, "status": {"read_only": True}}


class MerchantViewSet(ReadOnly):
    """Shops with a frontage and how they keep their three duties."""

    queryset = Merchant.objects.all()
    serializer_class = MerchantSerializer
    writes = "frontage.inspect"

    def get_queryset(self) -> Any:
        return frontage.latest_statuses(super().get_queryset())

    @extend_schema(request=InspectionSerializer, responses=InspectionSerializer, methods=["POST"])
    @extend_schema(responses=InspectionSerializer(many=True), methods=["GET"], filters=False)
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def inspections(self, request: Request, pk: str) -> Response:
        """The last hundred inspections; POST adds one."""
        shop = get_object_or_404(Merchant.objects.visible_to(request.user), pk=pk)
        if request.method == "GET":
            seen = shop.inspections.order_by("-day", "-pk")[:100]
            return Response(InspectionSerializer(seen, many=True).data)
        body = InspectionSerializer(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        look = frontage.inspect(shop, by=request.user, **body.validated_data)
        return Response(InspectionSerializer(look).data, status=201)


class VisitFilter(django_filters.FilterSet):
    first = django_filters.DateFilter("day", "gte", label="first day")
    last = django_filters.DateFilter("day", "lte", label="last day")

    class Meta:
        model = VisitBatch
        fields = ["kind"]


class VisitSerializer(ScopedSerializer):
    form_key = serializers.UUIDField(required=False, write_only=True)

    class Meta:
        model = VisitBatch
        fields = ["id", "community", "kind", "day", "visits", "place", "form_key"]
        extra_kwargs = {"visits": {"min_value": 1, "max_value": 100_000}}

    def create(self, given: dict[str, Any]) -> VisitBatch:
        return visits.enter(committee=given["community"].committee, by=self.context["request"].user, **given)


class VisitViewSet(mixins.CreateModelMixin, ReadOnly):
    """Rounds of visits in person-visits; nothing about any person."""

    queryset = VisitBatch.objects.all()
    serializer_class = VisitSerializer
    filterset_class = VisitFilter
    writes = "visits.enter"
