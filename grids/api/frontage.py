"""Shops and their cards, read within scope; checked, signed, published and decided on through the pages' verbs."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.api.scoped import ScopedSerializer
from grids import frontage
from grids.api.zones import ReadOnly
from grids.models import FrontageAppeal, FrontageInspection, FrontageItem, Merchant


class MerchantSerializer(ScopedSerializer):
    latest_status = serializers.ChoiceField(
        FrontageInspection.Status.choices,
        read_only=True,
        allow_null=True,
        help_text="of the last inspection that counts",
    )
    latest_day = serializers.DateField(read_only=True, allow_null=True)
    latest_valid_until = serializers.DateField(read_only=True, allow_null=True)
    latest_rectify_by = serializers.DateField(read_only=True, allow_null=True)

    class Meta:
        model = Merchant
        fields = [
            "id", "plate", "community", "zone", "name", "address", "road", "left_bound", "right_bound", "length_m",
            "depth_m", "longitude", "latitude", "pledged_on", "is_public", "since", "until",
            "latest_status", "latest_day", "latest_valid_until", "latest_rectify_by",
        ]  # fmt: skip
        read_only_fields = fields


class ItemAnswer(serializers.Serializer):
    item = serializers.IntegerField(min_value=1, max_value=2**62)
    value = serializers.ChoiceField(["yes", "no", "na"])


class InspectionBody(serializers.Serializer):
    answers = ItemAnswer(many=True, help_text="one for every item of the edition in force: frontage-items")
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)
    rectify_by = serializers.DateField(required=False, allow_null=True)
    form_key = serializers.UUIDField(required=False, help_text="the same twice is one inspection")


class PledgeBody(serializers.Serializer):
    signed_on = serializers.DateField(required=False)


class PublicationBody(serializers.Serializer):
    shown = serializers.BooleanField(help_text="whether the public sees the card")
    because = serializers.CharField(max_length=200, required=False, allow_blank=True)


class AppealBody(serializers.Serializer):
    text = serializers.CharField(max_length=300)


class DecisionBody(serializers.Serializer):
    upheld = serializers.BooleanField()
    reason = serializers.CharField(max_length=300)


class MerchantFilter(django_filters.FilterSet):
    name = django_filters.CharFilter("name", "icontains")
    road = django_filters.CharFilter("road")

    class Meta:
        model = Merchant
        fields: list[str] = []


ANSWERS = {200: MerchantSerializer, 409: OpenApiResponse(description="refused by the verb")}


class MerchantViewSet(ReadOnly):
    """Shops with a frontage; never their owner or phone."""

    queryset = Merchant.objects.all()
    serializer_class = MerchantSerializer
    filterset_class = MerchantFilter
    writes_by_action = {
        "inspections": "frontage.inspect",
        "pledges": "frontage.keep",
        "publication": "frontage.publish",
        "appeals": "frontage.keep",
        "decision": "frontage.decide",
    }

    def get_queryset(self) -> QuerySet[Any]:
        return frontage.latest_statuses(super().get_queryset())

    def _said(self, body: type[serializers.Serializer], request: Request) -> dict[str, Any]:
        given = body(data=request.data)
        given.is_valid(raise_exception=True)
        return given.validated_data

    def _told(self) -> Response:
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=InspectionBody, responses=ANSWERS)
    @action(detail=True, methods=["post"])
    def inspections(self, request: Request, pk: str | None = None) -> Response:
        """Put one look at the frontage on record; the card follows it."""
        merchant, said = self.get_object(), self._said(InspectionBody, request)
        answers = {one["item"]: one["value"] for one in said.pop("answers")}
        frontage.inspect(merchant, answers, by=request.user, **said)
        return self._told()

    @extend_schema(request=PledgeBody, responses=ANSWERS)
    @action(detail=True, methods=["post"])
    def pledges(self, request: Request, pk: str | None = None) -> Response:
        """Note that the shop signed the pledge in force."""
        frontage.sign(self.get_object(), by=request.user, **self._said(PledgeBody, request))
        return self._told()

    @extend_schema(request=PublicationBody, responses=ANSWERS)
    @action(detail=True, methods=["post"])
    def publication(self, request: Request, pk: str | None = None) -> Response:
        """Show the card to the public, or take it from there."""
        merchant, said = self.get_object(), self._said(PublicationBody, request)
        verb = frontage.publish if said["shown"] else frontage.withdraw
        verb(merchant, by=request.user, because=said.get("because", ""))
        return self._told()

    @extend_schema(request=AppealBody, responses=ANSWERS)
    @action(detail=True, methods=["post"])
    def appeals(self, request: Request, pk: str | None = None) -> Response:
        """Take down the shop's objection to its last inspection."""
        merchant, said = self.get_object(), self._said(AppealBody, request)
        if (look := frontage.status_of(merchant)) is None:
            raise NotFound
        frontage.appeal(look, said["text"], by=request.user)
        return self._told()

    @extend_schema(request=DecisionBody, responses=ANSWERS)
    @action(detail=True, methods=["post"])
    def decision(self, request: Request, pk: str | None = None) -> Response:
        """Decide on the open objection; never by who inspected or took it down."""
        merchant, said = self.get_object(), self._said(DecisionBody, request)
        given = FrontageAppeal.objects.filter(inspection__merchant=merchant, decision="").first()
        if given is None:
            raise NotFound
        frontage.decide(given, by=request.user, **said)
        return self._told()


class FrontageItemSerializer(ScopedSerializer):
    duty = serializers.CharField(source="duty.code", read_only=True)
    edition = serializers.CharField(source="standard.edition", read_only=True)
    since = serializers.DateField(source="standard.since", read_only=True)

    class Meta:
        model = FrontageItem
        fields = ["id", "edition", "since", "duty", "order", "text", "full_score", "veto"]
        read_only_fields = fields


class FrontageItemViewSet(ReadOnly):
    """What is looked at at a shop's door, edition by edition."""

    queryset = FrontageItem.objects.select_related("standard", "duty")
    serializer_class = FrontageItemSerializer
