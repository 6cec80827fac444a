"""Whistles: read within scope by their number, blown and stepped through the same verbs as the pages."""

from typing import Any

import django_filters
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.api.scoped import ScopedRelatedField, ScopedSerializer
from campaign.models import Unit
from campaign.scoping import reach_of
from grids import whistles
from grids.api.zones import ReadOnly
from grids.models import Case, Whistle, WhistleTask
from grids.whistleflow import TASK_STEPS, WHISTLE_STEPS

REFUSED = OpenApiResponse(description="refused by the verb; `code` names the reason")


class WhistleTaskSerializer(ScopedSerializer):
    class Meta:
        model = WhistleTask
        fields = [
            "id", "whistle", "unit", "lead", "state", "proposed", "refusals", "is_final", "called_at",
            "sign_due_at", "signed_at", "signed_in_time", "arrive_due_at", "arrived_at", "arrived_in_time",
            "report_due_at", "reported_at", "result", "rating", "rated_at",
        ]  # fmt: skip
        read_only_fields = fields


class WhistleSerializer(ScopedSerializer):
    form_key = serializers.UUIDField(
        required=False, write_only=True, help_text="the same twice is one whistle"
    )
    case = ScopedRelatedField(queryset=Case.objects.all(), required=False, allow_null=True)
    lead = ScopedRelatedField(queryset=Unit.objects.all(), write_only=True)
    helpers = ScopedRelatedField(queryset=Unit.objects.all(), many=True, write_only=True, required=False)

    class Meta:
        model = Whistle
        fields = [
            "id", "code", "kind", "community", "case", "title", "description", "address", "state", "raised_at",
            "blown_at", "ended_at", "lead", "helpers", "form_key",
        ]  # fmt: skip
        read_only_fields = ["code", "state", "raised_at", "blown_at", "ended_at"]

    def create(self, given: dict[str, Any]) -> Whistle:
        user = self.context["request"].user
        place = given.get("community") or given.get("case") or given["lead"]
        given.setdefault("community", None)
        return whistles.blow(committee=place.committee, by=user, **given)


class WhistleFilter(django_filters.FilterSet):
    first = django_filters.DateFilter("blown_on", "gte", label="blown from")
    last = django_filters.DateFilter("blown_on", "lte", label="blown until")

    class Meta:
        model = Whistle
        fields = ["state", "kind"]


class WhistleStepBody(serializers.Serializer):
    step = serializers.ChoiceField(choices=sorted(WHISTLE_STEPS))
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)
    unit = ScopedRelatedField(queryset=Unit.objects.all(), required=False)


class WhistleViewSet(mixins.CreateModelMixin, ReadOnly):
    """Whistles within reach, the newest first."""

    queryset = Whistle.objects.all()
    serializer_class = WhistleSerializer
    filterset_class = WhistleFilter
    lookup_field = "code"
    lookup_value_regex = "[0-9A-Za-z]+"
    writes_by_action = {"create": "whistles.blow", "steps": "scope"}

    @extend_schema(request=WhistleStepBody, responses={200: WhistleSerializer, 409: REFUSED})
    @action(detail=True, methods=["post"])
    def steps(self, request: Request, code: str | None = None) -> Response:
        """Make one step of the whistle: approve, call off, close …"""
        whistle = self.get_object()
        body = WhistleStepBody(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(body.validated_data)
        return Response(
            self.get_serializer(whistles.move(whistle, given.pop("step"), by=request.user, **given)).data
        )


class TaskStepBody(serializers.Serializer):
    step = serializers.ChoiceField(choices=sorted(TASK_STEPS))
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)
    unit = ScopedRelatedField(queryset=Unit.objects.all(), required=False)
    person = serializers.CharField(max_length=40, required=False, allow_blank=True)
    rating = serializers.ChoiceField(choices=WhistleTask.Rating.choices, required=False)
    photo = serializers.FileField(required=False, help_text="JPEG, PNG or WebP, as multipart/form-data")


class WhistleTaskFilter(django_filters.FilterSet):
    mine = django_filters.BooleanFilter(method="own", label="of the sender's own units")

    class Meta:
        model = WhistleTask
        fields = ["state", "rating"]

    def own(self, rows: Any, name: str, value: bool) -> Any:
        return rows.waiting_for(reach_of(self.request.user).units) if value else rows


class WhistleTaskViewSet(ReadOnly):
    """What each unit is called to do."""

    queryset = WhistleTask.objects.all()
    serializer_class = WhistleTaskSerializer
    filterset_class = WhistleTaskFilter
    writes_by_action = {"steps": "scope"}

    @extend_schema(request=TaskStepBody, responses={200: WhistleTaskSerializer, 409: REFUSED})
    @action(detail=True, methods=["post"])
    def steps(self, request: Request, pk: str | None = None) -> Response:
        """Make one step of the task: sign, arrive, report, refuse, rate …"""
        task = self.get_object()
        body = TaskStepBody(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(body.validated_data)
        return Response(
            self.get_serializer(whistles.answer(task, given.pop("step"), by=request.user, **given)).data
        )
