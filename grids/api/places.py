"""Zones, point types and points, to read."""

from campaign.api.organisation import ReadOnly
from campaign.api.scoped import ScopedSerializer
from grids.models import CaseCategory, Point, PointType, Zone


class ZoneSerializer(ScopedSerializer):
    class Meta:
        model = Zone
        fields = [
            "id",
            "committee",
            "number",
            "name",
            "communities",
            "deputy_director_at",
            "boundary",
            "since",
            "until",
        ]


class ZoneViewSet(ReadOnly):
    """The responsibility zones."""

    queryset = Zone.objects.prefetch_related("communities")
    serializer_class = ZoneSerializer


class PointTypeSerializer(ScopedSerializer):
    class Meta:
        model = PointType
        fields = ["id", "code", "name"]


class PointTypeViewSet(ReadOnly):
    """Kinds of places that have a card of standards of their own."""

    queryset = PointType.objects.all()
    serializer_class = PointTypeSerializer


class PointSerializer(ScopedSerializer):
    class Meta:
        model = Point
        fields = [
            "id", "community", "zone", "type", "name", "address", "longitude", "latitude", "unit", "since", "until"
        ]  # fmt: skip


class PointViewSet(ReadOnly):
    """Inspection points; coordinates are WGS-84."""

    queryset = Point.objects.all()
    serializer_class = PointSerializer


class CaseCategorySerializer(ScopedSerializer):
    class Meta:
        model = CaseCategory
        fields = ["id", "kind", "code", "name", "edition", "limit_hours", "closing_standard", "public"]


class CaseCategoryViewSet(ReadOnly):
    """Components and events, with their limit in working hours."""

    queryset = CaseCategory.objects.all()
    serializer_class = CaseCategorySerializer
    filterset_fields = ["kind", "edition"]
