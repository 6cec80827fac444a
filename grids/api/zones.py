"""Zones, read within scope."""

from rest_framework import mixins

from campaign.api.scoped import ScopedSerializer, ScopedViewSet
from grids.models import Zone


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
