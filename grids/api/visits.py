"""Rounds of visits, read within scope and entered through their verb."""

from typing import Any

import django_filters
from rest_framework import mixins, serializers

from campaign.api.scoped import ScopedSerializer
from grids import visits
from grids.api.zones import ReadOnly
from grids.models import VisitBatch, VisitRound


class VisitSerializer(ScopedSerializer):
    form_key = serializers.UUIDField(required=False, write_only=True, help_text="the same twice is one round")

    class Meta:
        model = VisitBatch
        fields = ["id", "community", "kind", "day", "visits", "persons", "round", "place", "form_key"]
        extra_kwargs = {
            "visits": {"min_value": 1, "max_value": 100_000},
            "persons": {"min_value": 1, "max_value": 100_000},
        }

    def create(self, given: dict[str, Any]) -> VisitBatch:
        return visits.enter(committee=given["community"].committee, by=self.context["request"].user, **given)


class VisitFilter(django_filters.FilterSet):
    first = django_filters.DateFilter("day", "gte", label="first day")
    last = django_filters.DateFilter("day", "lte", label="last day")

    class Meta:
        model = VisitBatch
        fields = ["kind"]


class VisitViewSet(mixins.CreateModelMixin, ReadOnly):
    """Rounds of visits in person-visits; never who."""

    queryset = VisitBatch.objects.all()
    serializer_class = VisitSerializer
    filterset_class = VisitFilter
    writes = "visits.enter"


class VisitRoundSerializer(ScopedSerializer):
    class Meta:
        model = VisitRound
        fields = ["id", "name", "purpose", "first_day", "last_day"]
        read_only_fields = fields


class VisitRoundViewSet(ReadOnly):
    """Rounds of visits, for which the communities enter their batches."""

    queryset = VisitRound.objects.all()
    serializer_class = VisitRoundSerializer
