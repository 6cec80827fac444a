"""Special actions of public health, read within scope; checks are made through the same verb as the page."""

from typing import Any

import django_filters
from rest_framework import mixins, serializers

from campaign.api.scoped import ScopedRelatedField, ScopedSerializer
from grids import health
from grids.api.zones import ReadOnly
from grids.models import Answer, ChecklistItem, HealthAction, HealthAnswer, HealthCheck


class HealthActionSerializer(ScopedSerializer):
    class Meta:
        model = HealthAction
        fields = ["id", "edition", "order", "name", "checklist", "first_day", "last_day"]
        read_only_fields = fields


class HealthActionViewSet(ReadOnly):
    """Special actions, an edition each, with the check-list by which they are gone through."""

    queryset = HealthAction.objects.all()
    serializer_class = HealthActionSerializer


class SeenSerializer(ScopedSerializer):
    item = ScopedRelatedField(queryset=ChecklistItem.objects.all())
    value = serializers.ChoiceField(choices=Answer.Value.choices)
    opens_case = serializers.BooleanField(write_only=True, required=False, default=False)

    class Meta:
        model = HealthAnswer
        fields = ["item", "value", "faults", "note", "opens_case"]


class HealthCheckSerializer(ScopedSerializer):
    answers = SeenSerializer(many=True)
    form_key = serializers.UUIDField(required=False, write_only=True, help_text="the same twice is one check")

    class Meta:
        model = HealthCheck
        fields = [
            "id", "community", "action", "point", "day", "points_reached", "points_possible", "note", "answers",
            "form_key",
        ]  # fmt: skip
        read_only_fields = ["points_reached", "points_possible"]

    def create(self, given: dict[str, Any]) -> HealthCheck:
        seen = {
            one["item"].pk: health.Seen(
                one["value"], one.get("faults", 1), one.get("note", ""), one.get("opens_case", False)
            )
            for one in given.pop("answers")
        }
        return health.check(
            given.pop("action"), given.pop("community"), seen, by=self.context["request"].user, **given
        )


class HealthCheckFilter(django_filters.FilterSet):
    first = django_filters.DateFilter("day", "gte", label="first day")
    last = django_filters.DateFilter("day", "lte", label="last day")

    class Meta:
        model = HealthCheck
        fields: list[str] = []


class HealthCheckViewSet(mixins.CreateModelMixin, ReadOnly):
    """Communities and points looked at by a special action's list; never anything about a person."""

    queryset = HealthCheck.objects.prefetch_related("answers")
    serializer_class = HealthCheckSerializer
    filterset_class = HealthCheckFilter
    writes = "health.check"
