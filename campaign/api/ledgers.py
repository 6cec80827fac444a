"""Publicity, works, stories and goals: read within scope, publicity also entered through its verb."""

from typing import Any

import django_filters
from rest_framework import mixins, serializers

from campaign import publicity
from campaign.api.organisation import ReadOnly
from campaign.api.scoped import ScopedSerializer
from campaign.models import Facility, Goal, PublicityEntry, Site, Stage, Story, WorkItem


class PublicityFilter(django_filters.FilterSet):
    first = django_filters.DateFilter("day", "gte")
    last = django_filters.DateFilter("day", "lte")

    class Meta:
        model = PublicityEntry
        fields = ["kind", "by"]


class PublicitySerializer(ScopedSerializer):
    form_key = serializers.UUIDField(required=False, write_only=True)

    class Meta:
        model = PublicityEntry
        fields = [
            "id", "community", "kind", "day", "quantity", "items", "team", "by", "unit", "place", "entered_at",
            "form_key",
        ]  # fmt: skip
        read_only_fields = ["by", "entered_at"]

    def create(self, given: dict[str, Any]) -> PublicityEntry:
        return publicity.enter(self.context["request"].user, **given)


class PublicityViewSet(mixins.CreateModelMixin, ReadOnly):
    """What was handed out, put up, shown or broadcast. The same `form_key` twice is one entry."""

    queryset = PublicityEntry.objects.all()
    serializer_class = PublicitySerializer
    filterset_class = PublicityFilter
    writes = "publicity.enter"


class SiteSerializer(ScopedSerializer):
    class Meta:
        model = Site
        fields = ["id", "community", "kind", "name", "fit_for_charging", "self_managed_since", "note"]


class SiteViewSet(ReadOnly):
    """Courtyards, lanes and streets at which works are done."""

    queryset = Site.objects.all()
    serializer_class = SiteSerializer
    filterset_fields = ["kind"]


class WorkItemSerializer(ScopedSerializer):
    class Meta:
        model = WorkItem
        fields = [
            "id", "community", "site", "kind", "place", "quantity", "contractor", "begun_on", "accepted_on", "note"
        ]  # fmt: skip


class WorkItemViewSet(ReadOnly):
    """Works for the people's livelihood; they count from `accepted_on`."""

    queryset = WorkItem.objects.all()
    serializer_class = WorkItemSerializer
    filterset_fields = ["kind"]


class FacilitySerializer(ScopedSerializer):
    class Meta:
        model = Facility
        fields = ["id", "site", "kind", "quantity", "installed_on"]


class FacilityViewSet(ReadOnly):
    """What now stands in the renovated courtyards."""

    queryset = Facility.objects.all()
    serializer_class = FacilitySerializer
    filterset_fields = ["kind"]


class StorySerializer(ScopedSerializer):
    class Meta:
        model = Story
        fields = ["id", "community", "title", "body", "happened_on", "published_on"]


class StoryViewSet(ReadOnly):
    """Good deeds."""

    queryset = Story.objects.all()
    serializer_class = StorySerializer


class StageSerializer(ScopedSerializer):
    class Meta:
        model = Stage
        fields = ["id", "committee", "name", "first_day", "last_day"]


class StageViewSet(ReadOnly):
    """The stages of the campaign."""

    queryset = Stage.objects.all()
    serializer_class = StageSerializer


class GoalSerializer(ScopedSerializer):
    class Meta:
        model = Goal
        fields = ["id", "stage", "metric", "community", "target", "answerable"]


class GoalViewSet(ReadOnly):
    """What is wanted by the end of each stage; how far it is comes from the tallies."""

    queryset = Goal.objects.select_related("stage")
    serializer_class = GoalSerializer
    filterset_fields = ["metric"]
