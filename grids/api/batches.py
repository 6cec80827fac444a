"""Steps with many cases, and kept filters: the same verbs as on the office's desk."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from campaign import moments
from campaign.api.scoped import ScopedRelatedField, ScopedSerializer
from campaign.models import Committee, Community, Unit
from grids import saved_filters
from grids.api.cases import REFUSED
from grids.api.zones import ReadOnly
from grids.cases import bulk
from grids.models import Case, CaseBatch, CaseBatchItem, SavedFilter


class BatchSerializer(ScopedSerializer):
    class Meta:
        model = CaseBatch
        fields = [
            "id", "code", "state", "move", "unit", "due_at", "merged_into", "note", "made_at", "started_at",
            "finished_at", "undone_at",
        ]  # fmt: skip
        read_only_fields = fields


class BatchDetailSerializer(BatchSerializer):
    counts = serializers.SerializerMethodField(help_text="how many cases came to what")

    class Meta(BatchSerializer.Meta):
        fields = [*BatchSerializer.Meta.fields, "counts"]
        read_only_fields = fields

    def get_counts(self, batch: CaseBatch) -> dict[str, int]:
        return bulk.counts(batch)


class ItemSerializer(ScopedSerializer):
    case = serializers.SlugRelatedField("code", read_only=True)

    class Meta:
        model = CaseBatchItem
        fields = ["id", "case", "outcome", "why"]
        read_only_fields = fields


class NewBatch(serializers.Serializer):
    cases = serializers.ListField(
        child=serializers.CharField(max_length=12), min_length=1, max_length=bulk.MOST, help_text="numbers"
    )
    move = serializers.ChoiceField(choices=[move.name for move in bulk.moves()])
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)
    unit = ScopedRelatedField(queryset=Unit.objects.all(), required=False)
    due_at = serializers.DateTimeField(required=False, validators=[moments.can_be])
    merged_into = ScopedRelatedField(queryset=Case.objects.all(), required=False)
    form_key = serializers.UUIDField(required=False, help_text="the same twice is one batch")


class BatchViewSet(ReadOnly):
    """Steps with many cases, the newest first. A new one is tried at once and changes nothing until it is started."""

    queryset = CaseBatch.objects.all()
    serializer_class = BatchSerializer
    lookup_field = "code"
    lookup_value_regex = "[0-9A-Za-z]+"
    writes_by_action = {"create": "scope", "start": "scope", "undo": "scope"}

    def get_serializer_class(self) -> Any:
        return BatchSerializer if self.action == "list" else BatchDetailSerializer

    @extend_schema(request=NewBatch, responses={201: BatchDetailSerializer, 409: REFUSED})
    def create(self, request: Request) -> Response:
        """Choose cases and try a step with them: `counts` says how many would change and how many be refused."""
        body = NewBatch(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(body.validated_data)
        codes = set(given.pop("cases"))
        rows = Case.objects.visible_to(request.user).filter(code__in=codes)
        if rows.count() < len(codes):
            raise ValidationError({"cases": ["Not all of these cases exist."]})
        batch = bulk.choose(rows.order_by("pk"), by=request.user, form_key=given.pop("form_key", None))
        if batch.state == CaseBatch.State.CHOSEN:
            batch = bulk.check(batch, given.pop("move"), **given)
        return Response(self.get_serializer(batch).data, status=201)

    @extend_schema(request=None, responses={200: BatchDetailSerializer, 409: REFUSED})
    @action(detail=True, methods=["post"])
    def start(self, request: Request, code: str | None = None) -> Response:
        """Make the step with the cases that would change. A large batch goes on after the answer."""
        return Response(self.get_serializer(bulk.start(self.get_object())).data)

    @extend_schema(request=None, responses={200: BatchDetailSerializer, 409: REFUSED})
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, code: str | None = None) -> Response:
        """Take it back within 24 hours, with every case that has not moved on since."""
        return Response(self.get_serializer(bulk.undo(self.get_object(), by=request.user)).data)

    @extend_schema(responses={200: ItemSerializer(many=True)}, filters=False)
    @action(detail=True, methods=["get"])
    def items(self, request: Request, code: str | None = None) -> Response:
        """What came of each case that the reader may see."""
        seen = Case.objects.visible_to(request.user)
        rows = self.get_object().items.filter(case__in=seen).select_related("case").order_by("pk")
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(ItemSerializer(page, many=True).data)


class SavedFilterSerializer(ScopedSerializer):
    class Meta:
        model = SavedFilter
        fields = ["id", "committee", "community", "name", "query", "shared", "made_at"]
        read_only_fields = ["made_at"]
        validators: list[Any] = []  # the same name again holds the new filters

    committee = ScopedRelatedField(queryset=Committee.objects.all())
    community = ScopedRelatedField(queryset=Community.objects.all(), required=False, allow_null=True)

    def create(self, given: dict[str, Any]) -> SavedFilter:
        return saved_filters.save(owner=self.context["request"].user, **given)


class SavedFilterViewSet(mixins.CreateModelMixin, mixins.DestroyModelMixin, ReadOnly):
    """Filters of the list of cases under a name: the own, and those that are shared with the reader's place."""

    queryset = SavedFilter.objects.all()
    serializer_class = SavedFilterSerializer
    writes_by_action = {"create": "scope", "destroy": "scope"}

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows if getattr(self, "swagger_fake_view", False) else rows.offered_to(self.request.user)

    def perform_destroy(self, row: SavedFilter) -> None:
        saved_filters.remove(row, by=self.request.user)
