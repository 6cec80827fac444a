"""Points, read within scope and written through the same verb as the page; their types and cards of standards."""

from typing import Any

import django_filters
from rest_framework import mixins, serializers

from campaign.api.scoped import ScopedSerializer
from campaign.coordinates import System
from grids import points
from grids.api.zones import ReadOnly
from grids.models import Checklist, ChecklistItem, Point, PointType


class PointTypeSerializer(ScopedSerializer):
    class Meta:
        model = PointType
        fields = ["id", "code", "name"]
        read_only_fields = fields


class PointTypeViewSet(ReadOnly):
    """Kinds of points."""

    queryset = PointType.objects.all()
    serializer_class = PointTypeSerializer


class ChecklistItemSerializer(ScopedSerializer):
    class Meta:
        model = ChecklistItem
        fields = [
            "id", "order", "text", "max_score", "deduct", "veto", "photo_needed", "good_example", "bad_example",
            "category",
        ]  # fmt: skip
        read_only_fields = fields


class ChecklistSerializer(ScopedSerializer):
    items = ChecklistItemSerializer(many=True, read_only=True)

    class Meta:
        model = Checklist
        fields = ["id", "title", "edition", "since", "point_type", "items"]
        read_only_fields = fields


class ChecklistViewSet(ReadOnly):
    """Cards of standards, an edition each, with their items."""

    queryset = Checklist.objects.prefetch_related("items")
    serializer_class = ChecklistSerializer


class PointSerializer(ScopedSerializer):
    coord_system = serializers.ChoiceField(
        System.choices, write_only=True, required=False, default=System.WGS84,
        help_text="in which system longitude and latitude are sent; what is told is WGS-84",
    )  # fmt: skip

    class Meta:
        model = Point
        fields = [
            "id", "plate", "community", "zone", "type", "name", "address", "longitude", "latitude",
            "coord_system", "source_system", "unit", "since", "until",
        ]  # fmt: skip
        read_only_fields = ["plate", "source_system"]
        validators: list[Any] = []  # the verb says what is taken

    def create(self, given: dict[str, Any]) -> Point:
        system = given.pop("coord_system", System.WGS84)
        point = Point(committee=given["community"].committee, **given)
        points.save(point, by=self.context["request"].user, given_in=system)
        return point

    def update(self, point: Point, given: dict[str, Any]) -> Point:
        system = given.pop("coord_system", System.WGS84)
        for name, value in given.items():
            setattr(point, name, value)
        points.save(point, by=self.context["request"].user, given_in=system)
        return point


class PointFilter(django_filters.FilterSet):
    name = django_filters.CharFilter("name", "icontains")

    class Meta:
        model = Point
        fields: list[str] = []


class PointViewSet(mixins.CreateModelMixin, mixins.UpdateModelMixin, ReadOnly):
    """Inspection points; coordinates are told in WGS-84."""

    queryset = Point.objects.all()
    serializer_class = PointSerializer
    filterset_class = PointFilter
    writes = "points.change"
