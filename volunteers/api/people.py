"""Volunteers, teams, stations and hours, to read within scope. Telephone numbers are masked."""

import django_filters
from rest_framework import mixins, serializers

from campaign.api.scoped import ScopedSerializer, ScopedViewSet
from volunteers.models import HourEntry, Room, Station, Volunteer, VolunteerTeam


class ReadOnly(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """A resource to be listed and looked at."""


class VolunteerSerializer(ScopedSerializer):
    phone = serializers.CharField(source="masked_phone", read_only=True, help_text="its middle is hidden")

    class Meta:
        model = Volunteer
        fields = ["id", "number", "name", "phone", "community", "joined_on", "left_on"]


class VolunteerFilter(django_filters.FilterSet):
    name = django_filters.CharFilter("name", "icontains", max_length=40)

    class Meta:
        model = Volunteer
        fields = ["number", "community"]


class VolunteerViewSet(ReadOnly):
    """Registered volunteers."""

    queryset = Volunteer.objects.all()
    serializer_class = VolunteerSerializer
    filterset_class = VolunteerFilter


class VolunteerTeamSerializer(ScopedSerializer):
    class Meta:
        model = VolunteerTeam
        fields = ["id", "community", "unit", "part_of", "name", "purpose", "formed_on", "disbanded_on"]


class VolunteerTeamViewSet(ReadOnly):
    """Teams of volunteers."""

    queryset = VolunteerTeam.objects.all()
    serializer_class = VolunteerTeamSerializer
    filterset_fields = ["purpose"]


class StationSerializer(ScopedSerializer):
    class Meta:
        model = Station
        fields = ["id", "community", "level", "name", "address", "hours", "opened_on", "closed_on"]


class StationViewSet(ReadOnly):
    """Practice stations."""

    queryset = Station.objects.all()
    serializer_class = StationSerializer
    filterset_fields = ["level"]


class RoomSerializer(ScopedSerializer):
    class Meta:
        model = Room
        fields = ["id", "station", "name", "seats", "used_for"]


class RoomViewSet(ReadOnly):
    """Rooms of practice stations."""

    queryset = Room.objects.all()
    serializer_class = RoomSerializer
    filterset_fields = ["station"]


class HourEntrySerializer(ScopedSerializer):
    class Meta:
        model = HourEntry
        fields = ["id", "volunteer", "activity", "corrects", "what", "day", "minutes", "reason", "note"]


class HourEntryFilter(django_filters.FilterSet):
    first = django_filters.DateFilter("day", "gte", label="first day")
    last = django_filters.DateFilter("day", "lte", label="last day")

    class Meta:
        model = HourEntry
        fields = ["reason"]


class HourEntryViewSet(ReadOnly):
    """Lines of the hour ledger, in minutes; corrections are lines of their own."""

    queryset = HourEntry.objects.all()
    serializer_class = HourEntrySerializer
    filterset_class = HourEntryFilter
