"""The indicators of a statistical month, as the page tells them."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.roles import may
from campaign.streets import street_of
from grids import indicators


class ShareSerializer(serializers.Serializer):
    key = serializers.CharField()
    title = serializers.CharField()
    community = serializers.IntegerField(allow_null=True, help_text="null: the whole street")
    part_metric = serializers.CharField()
    whole_metric = serializers.CharField()
    slice = serializers.CharField(allow_blank=True)
    part = serializers.IntegerField()
    whole = serializers.IntegerField()
    percent = serializers.DecimalField(
        max_digits=8, decimal_places=2, allow_null=True, help_text="null of fewer than ten"
    )
    first = serializers.DateField()
    last = serializers.DateField()


class IndicatorViewSet(viewsets.ViewSet):
    """Shares of one count in another over a statistical month, for who may read the street's reports."""

    @extend_schema(
        parameters=[
            OpenApiParameter("month", OpenApiTypes.STR, description="Such as 2020-11; by default this month.")
        ],
        responses=ShareSerializer(many=True),
    )
    def list(self, request: Request) -> Response:
        """Every indicator, of the street and of each community."""
        if not may(request.user, "reports.read"):
            raise PermissionDenied
        street = street_of(request)
        if street is None:
            raise NotFound
        try:
            month = indicators.month_asked(street, request.query_params.get("month", ""))
        except ValueError as nonsense:
            raise ValidationError({"month": ["There is no such month."]}) from nonsense
        sheet = indicators.sheet(street, month)
        places: list[Any] = [(None, sheet.street), *((place.pk, row) for place, row in sheet.communities)]
        told = [
            {
                "key": share.indicator.key, "title": share.indicator.title, "community": place,
                "part_metric": share.indicator.part_key, "whole_metric": share.indicator.whole_key,
                "slice": share.indicator.slice, "part": share.part, "whole": share.whole,
                "percent": share.percent, "first": month.first, "last": month.last,
            }
            for place, row in places
            for share in row
        ]  # fmt: skip
        return Response(ShareSerializer(told, many=True).data)
