"""Tallies: what was counted, by metric, community and period; and which metrics there are."""

import datetime
from typing import Any

import django_filters
from django.db.models import Sum
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from campaign import registry, tallies
from campaign.api.organisation import ReadOnly
from campaign.api.scoped import ScopedSerializer
from campaign.models import Tally


class TallyFilter(django_filters.FilterSet):
    first = django_filters.DateFilter("day", "gte")
    last = django_filters.DateFilter("day", "lte")

    class Meta:
        model = Tally
        fields = ["metric", "community", "slice"]


class TallySerializer(ScopedSerializer):
    class Meta:
        model = Tally
        fields = ["id", "metric", "day", "community", "slice", "value"]


class SumSerializer(serializers.Serializer):
    metric = serializers.CharField()
    first = serializers.DateField()
    last = serializers.DateField()
    value = serializers.DecimalField(max_digits=20, decimal_places=2)
    as_of = serializers.DateTimeField(help_text="The moment up to which all facts are in the sum.")


class TallyViewSet(ReadOnly):
    """One row a metric, day, community and slice. Of a stock a day holds the net change: its value is the sum."""

    queryset = Tally.objects.all()
    serializer_class = TallySerializer
    filterset_class = TallyFilter

    @extend_schema(
        parameters=[
            OpenApiParameter("metric", OpenApiTypes.STR, required=True),
            OpenApiParameter("first", OpenApiTypes.DATE, description="By default the first of January."),
            OpenApiParameter("last", OpenApiTypes.DATE, description="By default today."),
            OpenApiParameter("community", OpenApiTypes.INT),
        ],
        responses=SumSerializer,
        filters=False,
    )
    @action(detail=False, pagination_class=None)
    def total(self, request: Request) -> Response:
        """What a metric came to over a period, within the reader's scope."""
        asked = _Asked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        key, period = asked.validated_data["metric"], asked.validated_data
        first, last = period.get("first") or timezone.localdate().replace(month=1, day=1), period.get("last")
        last = last or timezone.localdate()
        if last < first:
            raise ValidationError({"last": ["The period ends before it begins."]})
        rows = tallies.rows(key, first, last).visible_to(request.user)
        if "community" in period:
            rows = rows.filter(community=period["community"])
        value = rows.aggregate(sum=Sum("value"))["sum"] or 0
        answer = {"metric": key, "first": first, "last": last, "value": value, "as_of": tallies.as_of()}
        return Response(SumSerializer(answer).data)


class _Asked(serializers.Serializer):
    metric = serializers.CharField()
    first = serializers.DateField(required=False)
    last = serializers.DateField(required=False)
    community = serializers.IntegerField(required=False, min_value=1, max_value=2**62)

    def validate_metric(self, key: str) -> str:
        if key not in registry.metrics:
            raise ValidationError("There is no such metric.")
        return key

    def validate_first(self, day: datetime.date) -> datetime.date:
        if day < tallies.BEGINNING:
            raise ValidationError("Too long ago.")
        return day


class MetricSerializer(serializers.Serializer):
    key = serializers.CharField()
    title = serializers.CharField()
    unit = serializers.CharField()
    definition = serializers.CharField()
    stock = serializers.BooleanField(help_text="A stock stands, a flow adds up.")
    public = serializers.BooleanField()


class MetricViewSet(viewsets.ViewSet):
    """Everything the portal counts, with its definition."""

    @extend_schema(responses=MetricSerializer(many=True))
    def list(self, request: Request) -> Response:
        ordered: list[Any] = sorted(registry.metrics.values(), key=lambda metric: metric.key)
        return Response(MetricSerializer(ordered, many=True).data)
