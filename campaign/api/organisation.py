"""The 1+3+7+n, to read."""

from rest_framework import mixins, serializers

from campaign.api.scoped import ScopedSerializer, ScopedViewSet
from campaign.models import Appointment, Committee, Community, Team, Unit


class ReadOnly(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """A resource to be listed and looked at."""


class CommitteeSerializer(ScopedSerializer):
    class Meta:
        model = Committee
        fields = ["id", "name", "short_name", "district", "since", "is_demo"]


class CommitteeViewSet(ReadOnly):
    """The street's committee: the "1"."""

    queryset = Committee.objects.all()
    serializer_class = CommitteeSerializer


class TeamSerializer(ScopedSerializer):
    class Meta:
        model = Team
        fields = ["id", "committee", "kind", "name", "duty", "since"]


class TeamViewSet(ReadOnly):
    """The three teams: the "3"."""

    queryset = Team.objects.all()
    serializer_class = TeamSerializer
    filterset_fields = ["kind"]


class CommunitySerializer(ScopedSerializer):
    class Meta:
        model = Community
        fields = ["id", "committee", "name", "order", "since", "feature", "note"]


class CommunityViewSet(ReadOnly):
    """The communities: the "7"."""

    queryset = Community.objects.all()
    serializer_class = CommunitySerializer


class UnitSerializer(ScopedSerializer):
    class Meta:
        model = Unit
        fields = ["id", "committee", "community", "kind", "name", "address", "since", "until", "caring_since"]


class UnitViewSet(ReadOnly):
    """The units that take part: the "n"."""

    queryset = Unit.objects.all()
    serializer_class = UnitSerializer
    filterset_fields = ["kind"]


class AppointmentSerializer(ScopedSerializer):
    person = serializers.CharField(source="user.name", read_only=True)

    class Meta:
        model = Appointment
        fields = ["id", "person", "role", "title", "committee", "community", "unit", "since", "until"]


class AppointmentViewSet(ReadOnly):
    """Who holds which role where, from when until when; without anyone's telephone number."""

    queryset = Appointment.objects.select_related("user")
    serializer_class = AppointmentSerializer
    filterset_fields = ["role"]
