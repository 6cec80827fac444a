"""Stars, certificates and records, through the same verbs as the pages."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.api.scoped import ScopedSerializer, ScopedViewSet
from volunteers import certificates, records
from volunteers.api.people import ReadOnly
from volunteers.models import Certificate, Commendation, Issuer, Star, Training, Volunteer


class StarSerializer(ScopedSerializer):
    class Meta:
        model = Star
        fields = [
            "id",
            "volunteer",
            "community",
            "level",
            "state",
            "noticed_on",
            "notice_until",
            "confirmed_on",
        ]


class StarViewSet(ReadOnly):
    """Stars for hours served, on notice or confirmed."""

    queryset = Star.objects.all()
    serializer_class = StarSerializer
    filterset_fields = ["state", "community"]


class IssuerSerializer(ScopedSerializer):
    class Meta:
        model = Issuer
        fields = ["id", "community", "name", "kind", "until"]


class IssuerViewSet(ReadOnly):
    """Bodies that may certify hours."""

    queryset = Issuer.objects.all()
    serializer_class = IssuerSerializer
    filterset_fields = ["kind"]


class CertificateSerializer(ScopedSerializer):
    form_key = serializers.UUIDField(
        required=False, write_only=True, help_text="the same twice is one request"
    )
    document = serializers.CharField(
        required=False, write_only=True, max_length=30, help_text="its last four signs are kept"
    )

    class Meta:
        model = Certificate
        fields = [
            "id", "volunteer", "community", "issuer", "first_day", "last_day", "purpose", "document",
            "minutes", "times", "state", "noticed_on", "notice_until", "serial", "issued_on", "note", "form_key",
        ]  # fmt: skip
        read_only_fields = [
            "community", "minutes", "times", "state", "noticed_on", "notice_until", "issued_on", "note",
        ]  # fmt: skip

    def create(self, given: dict[str, Any]) -> Certificate:
        return certificates.request(given.pop("volunteer"), by=self.context["request"].user, **given)


class WhySerializer(serializers.Serializer):
    note = serializers.CharField(max_length=200)


class CertificateViewSet(mixins.CreateModelMixin, ReadOnly):
    """Certificates of service: asked for, put on notice, issued, refused, revoked."""

    writes = "volunteers.certify"

    queryset = Certificate.objects.defer("pdf").select_related("volunteer")
    serializer_class = CertificateSerializer
    filterset_fields = ["state", "community"]

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def notice(self, request: Request, pk: str | None = None) -> Response:
        """Put on public notice."""
        return self._done(certificates.put_on_notice(self.get_object(), by=request.user))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def issue(self, request: Request, pk: str | None = None) -> Response:
        """Issue after the notice; a second person does."""
        site = request.build_absolute_uri("/")
        return self._done(certificates.issue(self.get_object(), by=request.user, site=site))

    @extend_schema(request=WhySerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, pk: str | None = None) -> Response:
        """Refuse, and say why."""
        return self._ended(certificates.refuse)

    @extend_schema(request=WhySerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str | None = None) -> Response:
        """Take back what was issued, and say why."""
        return self._ended(certificates.revoke)

    def _ended(self, verb: Callable[..., Certificate]) -> Response:
        certificate = self.get_object()
        body = WhySerializer(data=self.request.data)
        body.is_valid(raise_exception=True)
        return self._done(verb(certificate, by=self.request.user, note=body.validated_data["note"]))

    def _done(self, certificate: Certificate) -> Response:
        return Response(self.get_serializer(certificate).data, status=status.HTTP_200_OK)


class RecordSerializer(ScopedSerializer):
    def create(self, given: dict[str, Any]) -> Any:
        return records.enter(self.Meta.model(**given), by=self.context["request"].user)

    def validate_volunteer(self, volunteer: Volunteer) -> Volunteer:
        if volunteer.left_on:
            raise serializers.ValidationError(_("This volunteer has left."))
        return volunteer


class TrainingSerializer(RecordSerializer):
    class Meta:
        model = Training
        fields = ["id", "volunteer", "day", "content", "organiser", "place", "minutes"]


class CommendationSerializer(RecordSerializer):
    class Meta:
        model = Commendation
        fields = ["id", "volunteer", "day", "title", "given_by", "reason"]


class RecordViewSet(mixins.CreateModelMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Lines of a record: listed, looked at, entered."""

    writes = "volunteers.enter"


class TrainingViewSet(RecordViewSet):
    """Trainings that volunteers took."""

    queryset = Training.objects.all()
    serializer_class = TrainingSerializer
    filterset_fields = ["volunteer"]


class CommendationViewSet(RecordViewSet):
    """Honours that volunteers received."""

    queryset = Commendation.objects.all()
    serializer_class = CommendationSerializer
    filterset_fields = ["volunteer"]
