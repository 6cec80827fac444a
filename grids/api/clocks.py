"""What came of the clocks: the street's ladder, and a person's own reminders with their receipt."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.api.scoped import ScopedSerializer
from grids import ladder
from grids.api.zones import ReadOnly
from grids.models import LadderRung, Reminder


class LadderRungSerializer(ScopedSerializer):
    class Meta:
        model = LadderRung
        fields = ["id", "clock", "percent", "hours", "to", "in_use"]
        read_only_fields = fields


class LadderRungViewSet(ReadOnly):
    """The rungs of the street's ladder: after which share of a limit who hears of a case."""

    queryset = LadderRung.objects.all()
    serializer_class = LadderRungSerializer


class ReminderSerializer(ScopedSerializer):
    case = serializers.CharField(source="escalation.case.code", read_only=True)
    rung = serializers.IntegerField(source="escalation.rung_id", read_only=True)
    reached = serializers.CharField(source="escalation.reached", read_only=True)
    rung_at = serializers.DateTimeField(source="escalation.rung_at", read_only=True)
    due_at = serializers.DateTimeField(source="escalation.due_at", read_only=True)

    class Meta:
        model = Reminder
        fields = [
            "id",
            "case",
            "rung",
            "reached",
            "rung_at",
            "due_at",
            "person",
            "seen_at",
            "acknowledged_at",
        ]
        read_only_fields = fields


class ReminderViewSet(ReadOnly):
    """Reminders within reach: one's own, and for the office all of the street, with their receipts."""

    queryset = Reminder.objects.select_related("escalation__case")
    serializer_class = ReminderSerializer
    writes_by_action = {"acknowledge": "scope"}

    @extend_schema(
        request=None, responses={200: ReminderSerializer, 409: OpenApiResponse(description="not yours")}
    )
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: Any = None) -> Response:
        """Take note of one's own reminder; twice is once."""
        reminder = self.get_object()
        ladder.acknowledge_one(reminder, by=request.user)
        reminder.refresh_from_db()
        return Response(self.get_serializer(reminder).data)
