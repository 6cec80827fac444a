"""Patrol plans and patrols; answers are given and patrols finished through the verbs."""

from typing import Any

import django_filters
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.api.organisation import ReadOnly
from campaign.api.scoped import ScopedSerializer
from grids import patrols
from grids.models import Answer, ChecklistItem, Patrol, PatrolPlan


class PatrolPlanSerializer(ScopedSerializer):
    class Meta:
        model = PatrolPlan
        fields = [
            "id", "community", "zone", "name", "checklist", "points", "rule", "holidays", "first_day", "last_day",
            "start_time", "window_minutes", "is_active", "filled_until",
        ]  # fmt: skip


class PatrolPlanViewSet(ReadOnly):
    """The rules by which patrols come about."""

    queryset = PatrolPlan.objects.prefetch_related("points")
    serializer_class = PatrolPlanSerializer


class AnswerSerializer(ScopedSerializer):
    case = serializers.CharField(
        source="case.code", read_only=True, default=None, help_text="the case it opened"
    )

    class Meta:
        model = Answer
        fields = ["point", "item", "value", "note", "fixed_on_spot", "answered_at", "case"]


class AnswerBody(serializers.Serializer):
    point = serializers.IntegerField(min_value=1, max_value=2**62)
    item = serializers.IntegerField(min_value=1, max_value=2**62)
    value = serializers.ChoiceField(choices=Answer.Value.choices)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    fixed_on_spot = serializers.BooleanField(required=False, default=False)
    answered_at = serializers.DateTimeField(required=False, help_text="when it was seen, if it is sent later")
    photo = serializers.FileField(required=False)
    after_photo = serializers.FileField(required=False)


class PatrolSerializer(ScopedSerializer):
    class Meta:
        model = Patrol
        fields = [
            "id", "plan", "community", "zone", "starts_at", "ends_at", "day", "state", "done_at", "missed_because"
        ]  # fmt: skip


class PatrolFilter(django_filters.FilterSet):
    first = django_filters.DateFilter("day", "gte", label="first day")
    last = django_filters.DateFilter("day", "lte", label="last day")
    mine = django_filters.BooleanFilter(method="own", label="walked by me")

    class Meta:
        model = Patrol
        fields = ["state"]

    def own(self, rows: Any, name: str, value: bool) -> Any:
        return rows.filter(patroller=self.request.user) if value else rows


class PatrolViewSet(ReadOnly):
    """Patrols within reach."""

    queryset = Patrol.objects.select_related("zone", "plan__checklist")
    serializer_class = PatrolSerializer
    filterset_class = PatrolFilter
    writes = "scope"

    @extend_schema(request=AnswerBody, responses=AnswerSerializer, methods=["POST"])
    @extend_schema(responses=AnswerSerializer(many=True), methods=["GET"], filters=False)
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def answers(self, request: Request, pk: str) -> Response:
        """What was seen; POST keeps one more answer, the same again replaces it until the patrol is done."""
        patrol = self.get_object()
        if request.method == "GET":
            given = patrol.answers.select_related("case").order_by("point", "item")
            return Response(AnswerSerializer(given, many=True).data)
        body = AnswerBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        point = get_object_or_404(patrol.plan.points, pk=said.pop("point"))
        item = get_object_or_404(ChecklistItem, pk=said.pop("item"), checklist=patrol.plan.checklist)
        kept = patrols.answer(patrol, point, item, said.pop("value"), by=request.user, **said)
        return Response(AnswerSerializer(kept).data, status=201)

    @extend_schema(request=None, responses=PatrolSerializer)
    @action(detail=True, methods=["post"])
    def finish(self, request: Request, pk: str) -> Response:
        """The patrol is walked: every standard at every point has its answer."""
        return Response(self.get_serializer(patrols.finish(self.get_object(), by=request.user)).data)
