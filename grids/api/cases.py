"""Cases, opened and moved through the same verbs as on the pages."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import phones
from campaign.api.organisation import ReadOnly
from campaign.api.scoped import ScopedRelatedField, ScopedSerializer
from campaign.models import Unit
from grids import cases
from grids.models import Case, CaseEvent
from grids.workflow import MOVES, State


class CaseEventSerializer(ScopedSerializer):
    class Meta:
        model = CaseEvent
        fields = ["move", "from_state", "to_state", "at", "unit", "note", "due_at"]


class CaseSerializer(ScopedSerializer):
    form_key = serializers.UUIDField(
        required=False, write_only=True, help_text="the same key again is the same case"
    )
    reporter_phone = serializers.SerializerMethodField(help_text="masked")

    class Meta:
        model = Case
        fields = [
            "code", "community", "zone", "point", "category", "source", "description", "address", "longitude",
            "latitude", "state", "unit", "reported_at", "dispatched_at", "due_at", "handled_at", "closed_at",
            "closed_in_time", "reporter_phone", "form_key",
        ]  # fmt: skip
        read_only_fields = [
            "source", "state", "unit", "reported_at", "dispatched_at", "due_at", "handled_at", "closed_at",
            "closed_in_time",
        ]  # fmt: skip

    def get_reporter_phone(self, case: Case) -> str:
        return phones.mask(case.reporter_phone)

    def create(self, given: dict[str, Any]) -> Case:
        return cases.open(
            committee=given["community"].committee,
            source=Case.Source.OFFICE,
            by=self.context["request"].user,
            **given,
        )


class MoveSerializer(serializers.Serializer):
    """A step of the workflow and what it needs to be said with it."""

    move = serializers.ChoiceField(choices=sorted(MOVES))
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    unit = ScopedRelatedField(queryset=Unit.objects.all(), required=False, allow_null=True)
    due_at = serializers.DateTimeField(required=False, allow_null=True)
    merged_into = serializers.CharField(max_length=12, required=False, help_text="number of the other case")
    photo = serializers.FileField(required=False, help_text="after the work; JPEG, PNG or WebP")

    def validate_merged_into(self, code: str) -> Case:
        found = Case.objects.visible_to(self.context["request"].user).filter(code=code).first()
        if found is None:
            raise serializers.ValidationError(_("There is no case with this number."))
        return found


class CaseFilter(django_filters.FilterSet):
    first = django_filters.DateFilter("reported_on", "gte", label="reported from")
    last = django_filters.DateFilter("reported_on", "lte", label="reported until")
    overdue = django_filters.BooleanFilter(method="late", label="overdue now")
    state = django_filters.ChoiceFilter(choices=State.choices)
    source = django_filters.ChoiceFilter(choices=Case.Source.choices)

    class Meta:
        model = Case
        fields = ["state", "source"]

    def late(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows.overdue() if value else rows


class CaseViewSet(mixins.CreateModelMixin, ReadOnly):
    """Cases within reach, by their number. A state is never written: it is moved."""

    queryset = Case.objects.all()
    serializer_class = CaseSerializer
    filterset_class = CaseFilter
    lookup_field = "code"
    lookup_value_regex = "[0-9A-Z]{12}"
    writes = "scope"

    @extend_schema(request=MoveSerializer, responses=CaseSerializer)
    @action(detail=True, methods=["post"], url_path="moves")
    def moves(self, request: Request, code: str) -> Response:
        """Make a move: 409 with the reason where the case, the person or something missing forbids it."""
        case = self.get_object()
        body = MoveSerializer(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        moved = cases.move(case, given.pop("move"), by=request.user, **given)
        return Response(self.get_serializer(moved).data)

    @extend_schema(responses=CaseEventSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def events(self, request: Request, code: str) -> Response:
        """The history of a case, oldest first."""
        case = get_object_or_404(self.get_queryset(), code=code)
        return Response(CaseEventSerializer(case.events.order_by("at", "pk"), many=True).data)
