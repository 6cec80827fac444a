"""Patrols, read within scope and walked through the same verbs as the page."""

from typing import Any

import django_filters
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from campaign import moments
from campaign.api.scoped import ScopedRelatedField, ScopedSerializer
from grids import checks, patrols, plans
from grids.api.plans import ColleagueField
from grids.api.zones import ReadOnly
from grids.models import Answer, ChecklistItem, Patrol, Point

REFUSED = OpenApiResponse(description="refused by the verb; `code` names the reason")


class PatrolSerializer(ScopedSerializer):
    class Meta:
        model = Patrol
        fields = [
            "id", "plan", "community", "zone", "starts_at", "ends_at", "day", "patroller", "state", "done_at",
            "missed_because",
        ]  # fmt: skip
        read_only_fields = fields


class AnswerBody(serializers.Serializer):
    point = ScopedRelatedField(queryset=Point.objects.all())
    item = ScopedRelatedField(queryset=ChecklistItem.objects.all())
    value = serializers.ChoiceField(choices=Answer.Value.choices)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)
    photo = serializers.FileField(required=False, help_text="JPEG, PNG or WebP, as multipart/form-data")
    after_photo = serializers.FileField(required=False)
    fixed_on_spot = serializers.BooleanField(required=False)
    faults = serializers.IntegerField(required=False, min_value=1, max_value=100)
    longitude = serializers.DecimalField(9, 6, required=False, allow_null=True, min_value=-180, max_value=180)
    latitude = serializers.DecimalField(9, 6, required=False, allow_null=True, min_value=-90, max_value=90)
    answered_at = serializers.DateTimeField(
        required=False, validators=[moments.can_be], help_text="when it was seen, if it is sent later"
    )


class SaidBody(serializers.Serializer):
    item = ScopedRelatedField(queryset=ChecklistItem.objects.all())
    value = serializers.ChoiceField(choices=Answer.Value.choices)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)
    faults = serializers.IntegerField(required=False, min_value=1, max_value=100)
    fixed_on_spot = serializers.BooleanField(required=False)


class CheckBody(serializers.Serializer):
    point = ScopedRelatedField(queryset=Point.objects.all())
    answers = SaidBody(many=True, allow_empty=False)
    form_key = serializers.UUIDField(help_text="the same twice is one sending")
    answered_at = serializers.DateTimeField(
        required=False, validators=[moments.can_be], help_text="when it was seen, if it is sent later"
    )


class AnswerSerializer(ScopedSerializer):
    class Meta:
        model = Answer
        fields = [
            "id",
            "point",
            "item",
            "value",
            "note",
            "faults",
            "fixed_on_spot",
            "case",
            "answered_at",
            "day",
        ]
        read_only_fields = fields


class PatrolMoveBody(serializers.Serializer):
    starts_at = serializers.DateTimeField(required=False, validators=[moments.can_be])
    patroller = ColleagueField(queryset=User.objects.none(), required=False, allow_null=True)
    because = serializers.CharField(max_length=120, required=False, allow_blank=True)


class WithdrawBody(serializers.Serializer):
    because = serializers.CharField(max_length=120)


class PatrolFilter(django_filters.FilterSet):
    first = django_filters.DateFilter("day", "gte", label="first day")
    last = django_filters.DateFilter("day", "lte", label="last day")

    class Meta:
        model = Patrol
        fields = ["state"]


class PatrolViewSet(ReadOnly):
    """Patrols: due, done or missed."""

    queryset = Patrol.objects.select_related("zone")
    serializer_class = PatrolSerializer
    filterset_class = PatrolFilter
    writes_by_action = dict.fromkeys(("answers", "checks", "finish", "move", "withdraw"), "scope")

    @extend_schema(request=AnswerBody, responses={200: AnswerSerializer, 409: REFUSED})
    @action(detail=True, methods=["post"])
    def answers(self, request: Request, pk: str | None = None) -> Response:
        """Answer one standard at one point; a "no" opens a case."""
        patrol = self.get_object()
        body = AnswerBody(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(body.validated_data)
        kept = patrols.answer(
            patrol, given.pop("point"), given.pop("item"), given.pop("value"), by=request.user, **given
        )
        return Response(AnswerSerializer(kept, context=self.get_serializer_context()).data)

    @extend_schema(request=PatrolMoveBody, responses={200: PatrolSerializer, 409: REFUSED})
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: str | None = None) -> Response:
        """Give this one patrol another time or patroller; the plan and all others stay."""
        patrol = self.get_object()
        body = PatrolMoveBody(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        given = {"starts_at": patrol.starts_at, "patroller": patrol.patroller, **body.validated_data}
        return Response(self.get_serializer(plans.move(patrol, by=request.user, **given)).data)

    @extend_schema(request=WithdrawBody, responses={200: PatrolSerializer, 409: REFUSED})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str | None = None) -> Response:
        """Take this one patrol off the roster, with the reason."""
        patrol = self.get_object()
        body = WithdrawBody(data=request.data)
        body.is_valid(raise_exception=True)
        withdrawn = plans.withdraw(patrol, body.validated_data["because"], by=request.user)
        return Response(self.get_serializer(withdrawn).data)

    @extend_schema(request=CheckBody, responses={200: PatrolSerializer, 409: REFUSED})
    @action(detail=True, methods=["post"])
    def checks(self, request: Request, pk: str | None = None) -> Response:
        """All answers of one point together, once: what a telephone sends from a draft. Photos go by the page."""
        patrol = self.get_object()
        body = CheckBody(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(body.validated_data)
        said = [checks.Said(one.pop("item"), one.pop("value"), dict(one)) for one in given["answers"]]
        checks.check_point(
            patrol, given["point"], said, by=request.user, form_key=given["form_key"],
            seen_at=given.get("answered_at"),
        )  # fmt: skip
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=None, responses={200: PatrolSerializer, 409: REFUSED})
    @action(detail=True, methods=["post"])
    def finish(self, request: Request, pk: str | None = None) -> Response:
        """The patrol is walked; all standards must be answered."""
        return Response(self.get_serializer(patrols.finish(self.get_object(), by=request.user)).data)
