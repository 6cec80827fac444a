"""Zones and points, read within scope."""

from rest_framework import mixins

from campaign.api.scoped import ScopedSerializer, ScopedViewSet
from grids.models import Point, Zone


class ReadOnly(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """A resource that is read."""


class ZoneSerializer(ScopedSerializer):
    class Meta:
        model = Zone
        fields = [
            "id",
            "number",
            "name",
            "communities",
            "leader",
            "deputy_director_at",
            "boundary",
            "since",
            "until",
        ]
        read_only_fields = fields


class ZoneViewSet(ReadOnly):
    """Responsibility zones, with their sketched boundary in WGS-84."""

    queryset = Zone.objects.prefetch_related("communities")
    serializer_class = ZoneSerializer


class PointSerializer(ScopedSerializer):
    class Meta:
        model = Point
        fields = [
            "id", "community", "zone", "type", "name", "address", "longitude", "latitude", "unit", "since", "until",
        ]  # fmt: skip
        read_only_fields = fields


class PointViewSet(ReadOnly):
    """Inspection points; coordinates are WGS-84."""

    queryset = Point.objects.all()
    serializer_class = PointSerializer
