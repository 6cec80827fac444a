"""Cases: read within scope by their number, entered and moved through the same verbs as the pages."""

import uuid
from typing import Any

import django_filters
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from campaign import moments
from campaign.api.scoped import ScopedRelatedField, ScopedSerializer
from campaign.models import Committee, Unit
from grids import cases
from grids.api.zones import ReadOnly
from grids.cases import hotline
from grids.cases.opening import ENTERED
from grids.models import Case, CaseApplication, CaseCategory, CaseNote, Recheck
from grids.workflow import MOVES

REFUSED = OpenApiResponse(description="refused by the verb; `code` names the reason")


class CaseCategorySerializer(ScopedSerializer):
    class Meta:
        model = CaseCategory
        fields = [
            "id", "kind", "class_name", "code", "name", "edition", "since", "until", "response_limit",
            "response_unit", "fix_limit", "fix_unit", "closing_standard", "unit", "public",
        ]  # fmt: skip
        read_only_fields = fields


class CaseCategoryViewSet(ReadOnly):
    """What a case can be about, with its limits and, in editions, when it stands."""

    queryset = CaseCategory.objects.all()
    serializer_class = CaseCategorySerializer


class CaseSerializer(ScopedSerializer):
    form_key = serializers.UUIDField(required=False, write_only=True, help_text="the same twice is one case")
    lamp = serializers.CharField(
        read_only=True, help_text="on_track, at_risk, behind; empty when no clock runs"
    )
    source = serializers.ChoiceField(
        choices=Case.Source.choices, required=False, help_text="office, hotline, survey or api for a new one"
    )
    phone = serializers.CharField(source="masked_phone", read_only=True, help_text="masked")

    class Meta:
        model = Case
        fields = [
            "id", "code", "community", "category", "zone", "point", "source", "external_number", "description",
            "address",
            "longitude", "latitude", "state", "unit", "handler", "phone", "reported_at", "dispatched_at",
            "due_at", "response_due_at", "responded_at", "lamp", "waiting_until", "handled_at", "closed_at",
            "closed_in_time", "merged_into", "form_key",
        ]  # fmt: skip
        read_only_fields = [
            "code", "state", "unit", "handler", "reported_at", "dispatched_at", "due_at",
            "response_due_at", "responded_at", "lamp", "waiting_until", "handled_at",
            "closed_at", "closed_in_time", "merged_into",
        ]  # fmt: skip

    def validate_source(self, source: str) -> str:
        if source not in ENTERED:
            raise serializers.ValidationError(_("A case from this source is not entered by others."))
        return source

    def create(self, given: dict[str, Any]) -> Case:
        street = given["community"].committee
        request = self.context["request"]
        given.setdefault("form_key", _key_in_head(request))
        return cases.open(
            committee=street, source=given.pop("source", Case.Source.OFFICE), by=request.user, **given
        )


def _key_in_head(request: Request) -> uuid.UUID | None:
    """The key in the head `Idempotency-Key`, for programs that send theirs there. ValidationError if it is none."""
    told = request.headers.get("Idempotency-Key", "")
    try:
        return uuid.UUID(told) if told else None
    except ValueError as error:
        raise serializers.ValidationError({"Idempotency-Key": ["This is no UUID."]}) from error


class CaseFilter(django_filters.FilterSet):
    first = django_filters.DateFilter("reported_on", "gte", label="reported from")
    last = django_filters.DateFilter("reported_on", "lte", label="reported until")
    overdue = django_filters.BooleanFilter(method="late", label="past the deadline")

    class Meta:
        model = Case
        fields = ["state", "source"]

    def late(self, rows: Any, name: str, value: bool) -> Any:
        return rows.filter(pk__in=Case.objects.overdue().values("pk")) if value else rows


class MoveBody(serializers.Serializer):
    move = serializers.ChoiceField(choices=sorted(MOVES))
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)
    unit = ScopedRelatedField(queryset=Unit.objects.all(), required=False)
    photo = serializers.FileField(required=False, help_text="JPEG, PNG or WebP, as multipart/form-data")
    due_at = serializers.DateTimeField(required=False, validators=[moments.can_be])
    merged_into = ScopedRelatedField(queryset=Case.objects.all(), required=False)


class HotlineBody(serializers.Serializer):
    committee = ScopedRelatedField(queryset=Committee.objects.all())
    file = serializers.FileField(help_text=".xlsx, as multipart/form-data")
    dry_run = serializers.BooleanField(default=False)


class ProblemSerializer(serializers.Serializer):
    cell = serializers.CharField()
    line = serializers.IntegerField()
    message = serializers.CharField()


class HotlineOutcome(serializers.Serializer):
    done = serializers.BooleanField(help_text="whether the rows are written")
    new = serializers.IntegerField()
    same = serializers.IntegerField(help_text="orders that are on file already")
    problems = ProblemSerializer(many=True)


class CaseNoteSerializer(ScopedSerializer):
    case = serializers.SlugRelatedField(slug_field="code", read_only=True)

    class Meta:
        model = CaseNote
        fields = ["id", "case", "text", "public", "by", "at"]
        read_only_fields = fields


class CaseNoteViewSet(ReadOnly):
    """Lines beside cases; a new one is written at its case."""

    queryset = CaseNote.objects.select_related("case")
    serializer_class = CaseNoteSerializer


class CaseApplicationSerializer(ScopedSerializer):
    case = serializers.SlugRelatedField(slug_field="code", read_only=True)

    class Meta:
        model = CaseApplication
        fields = [
            "id", "case", "kind", "by", "at", "reason", "until", "state", "answered_by", "answered_at", "answer",
        ]  # fmt: skip
        read_only_fields = fields


class CaseApplicationViewSet(ReadOnly):
    """Requests for more time or suspension; asked and answered by moves of their case."""

    queryset = CaseApplication.objects.select_related("case")
    serializer_class = CaseApplicationSerializer
    filterset_fields = ["kind", "state"]


class RecheckSerializer(ScopedSerializer):
    case = serializers.SlugRelatedField(slug_field="code", read_only=True)

    class Meta:
        model = Recheck
        fields = [
            "id",
            "case",
            "closing",
            "drawn_at",
            "percent",
            "lot",
            "checker",
            "state",
            "done_at",
            "note",
        ]
        read_only_fields = fields


class RecheckViewSet(ReadOnly):
    """Closed cases drawn for a second look; made by moves of their case."""

    queryset = Recheck.objects.select_related("case")
    serializer_class = RecheckSerializer
    filterset_fields = ["state"]


class NoteBody(serializers.Serializer):
    text = serializers.CharField(max_length=500)
    public = serializers.BooleanField(required=False, default=False)
    photo = serializers.FileField(required=False, help_text="JPEG, PNG or WebP, as multipart/form-data")
    form_key = serializers.UUIDField(required=False, help_text="the same twice is one note")


class CaseViewSet(mixins.CreateModelMixin, ReadOnly):
    """Cases within reach, the newest first."""

    queryset = Case.objects.all()
    serializer_class = CaseSerializer
    filterset_class = CaseFilter
    lookup_field = "code"
    lookup_value_regex = "[0-9A-Za-z]+"
    writes_by_action = {
        "create": "scope",
        "moves": "scope",
        "notes": "scope",
        "unmerge": "scope",
        "hotline": "scope",
    }

    @extend_schema(request=MoveBody, responses={200: CaseSerializer, 409: REFUSED})
    @action(detail=True, methods=["post"])
    def moves(self, request: Request, code: str | None = None) -> Response:
        """Make one move of the table of states."""
        case = self.get_object()
        body = MoveBody(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(body.validated_data)
        moved = cases.move(case, given.pop("move"), by=request.user, **given)
        return Response(self.get_serializer(moved).data)

    @extend_schema(request=NoteBody, responses={201: CaseNoteSerializer, 409: REFUSED})
    @action(detail=True, methods=["post"])
    def notes(self, request: Request, code: str | None = None) -> Response:
        """Write a line beside the case, for colleagues or for whoever follows it."""
        case = self.get_object()
        body = NoteBody(data=request.data)
        body.is_valid(raise_exception=True)
        note = cases.note(case, by=request.user, **body.validated_data)
        told = CaseNoteSerializer(note, context=self.get_serializer_context())
        return Response(told.data, status=201)

    @extend_schema(request=None, responses={200: CaseSerializer, 409: REFUSED})
    @action(detail=True, methods=["post"])
    def unmerge(self, request: Request, code: str | None = None) -> Response:
        """Make a duplicate a case of its own again: where it stood, with what remained of its time."""
        return Response(self.get_serializer(cases.unmerge(self.get_object(), by=request.user)).data)

    @extend_schema(request=HotlineBody, responses={200: HotlineOutcome, 400: HotlineOutcome, 409: REFUSED})
    @action(detail=False, methods=["post"])
    def hotline(self, request: Request) -> Response:
        """Take in the hotline's workbook: all of it or nothing, an order that is on file already once."""
        body = HotlineBody(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        said = body.validated_data
        outcome = hotline.take_in(
            said["file"], committee=said["committee"], by=request.user, dry_run=said["dry_run"]
        )
        return Response(HotlineOutcome(outcome).data, status=400 if outcome.problems else 200)

    @extend_schema(responses={200: CaseSerializer(many=True)}, filters=False)
    @action(detail=True, methods=["get"])
    def similar(self, request: Request, code: str | None = None) -> Response:
        """Open cases that may be the same problem: same category, recent, at the same place or near by."""
        case = self.get_object()
        rows = self.get_queryset().exclude(pk=case.pk)
        alike = cases.likely(rows, **cases.place_of(case))
        return Response(self.get_serializer([one.case for one in alike], many=True).data)
