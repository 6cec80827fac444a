"""Activities and signing up, through the same verbs as the pages."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from campaign.api.scoped import ScopedSerializer, ScopedViewSet
from campaign.models import Community
from volunteers import activities, attendance, leaders, people, signups
from volunteers.models import Activity, ActivityKind, Position, Signup, Skill, Volunteer


class PositionSerializer(ScopedSerializer):
    class Meta:
        model = Position
        fields = ["id", "name", "places", "taken", "minimum", "skill", "min_age", "equipment"]
        read_only_fields = ["taken"]
        extra_kwargs = {"places": {"min_value": 1, "max_value": 5000}}


class ActivitySerializer(ScopedSerializer):
    positions = PositionSerializer(many=True)
    places = serializers.IntegerField(read_only=True, help_text="of all positions together")
    taken = serializers.IntegerField(read_only=True)
    short = serializers.IntegerField(read_only=True, help_text="people still missing for it to work")
    form_key = serializers.UUIDField(
        required=False, write_only=True, help_text="the same twice is one activity"
    )

    class Meta:
        model = Activity
        fields = [
            "id", "community", "kind", "title", "description", "place", "station", "team", "unit",
            "starts_at", "ends_at", "day", "sign_up_opens_at", "sign_up_closes_at", "leaving_closes_at", "state",
            "cancelled_because", "positions", "places", "taken", "short", "form_key",
        ]  # fmt: skip
        read_only_fields = ["day", "state", "cancelled_because"]

    def validate_community(self, community: Community) -> Community:
        """Where the sender serves: everybody appointed in the street may read of all its communities."""
        if not leaders.plans_in(self.context["request"].user, community):
            raise serializers.ValidationError(_("You do not plan activities there."))
        return community

    def create(self, given: dict[str, Any]) -> Activity:
        positions = [activities.Post(**position) for position in given.pop("positions")]
        user = self.context["request"].user
        made = activities.create(**given, positions=positions, leader=user, by=user)
        return Activity.objects.with_places().get(pk=made.pk)


class ActivityFilter(django_filters.FilterSet):
    first = django_filters.DateFilter("day", "gte", label="first day")
    last = django_filters.DateFilter("day", "lte", label="last day")
    free = django_filters.BooleanFilter(method="with_room", label="with free places")

    class Meta:
        model = Activity
        fields = ["state", "community", "kind"]

    def with_room(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows.filter(room__gt=0) if value else rows.filter(room__lte=0)


class SignUpBody(serializers.Serializer):
    position = serializers.IntegerField(
        required=False, min_value=1, help_text="needed where the activity has several positions"
    )
    consent = serializers.BooleanField(
        required=False, help_text="true: the person agrees to the privacy notice that stands today"
    )


class VerdictSerializer(serializers.Serializer):
    position = serializers.IntegerField()
    verdict = serializers.ChoiceField(signups.Verdict.choices)
    says = serializers.CharField()
    may_join = serializers.BooleanField()


class SignupSerializer(ScopedSerializer):
    waiting = serializers.SerializerMethodField()

    class Meta:
        model = Signup
        fields = [
            "id",
            "activity",
            "position",
            "volunteer",
            "state",
            "joined_at",
            "day",
            "waiting",
            "offer_expires_at",
        ]
        read_only_fields = fields

    def get_waiting(self, signup: Signup) -> bool:
        return signup.state == Signup.State.WAITING


class ReasonBody(serializers.Serializer):
    because = serializers.CharField(max_length=120)


class PresentBody(serializers.Serializer):
    present = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        max_length=5000,
        help_text="ids of sign-ups",
    )


REFUSED = OpenApiResponse(description="refused by the verb; `code` names the reason")


class ActivityViewSet(
    mixins.CreateModelMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet
):
    """Activities within reach; a volunteer reads what is public in the own street."""

    queryset = Activity.objects.all()
    serializer_class = ActivitySerializer
    filterset_class = ActivityFilter
    writes_by_action = {
        "create": "activities.plan",
        "publish": "activities.plan",
        "cancel": "activities.plan",
        "close": "scope",
        "sign_up": "scope",
    }

    def get_queryset(self) -> QuerySet[Activity]:
        rows = Activity.objects.with_places().prefetch_related("positions")
        if getattr(self, "swagger_fake_view", False):
            return rows.none()
        user = self.request.user
        within = Q(pk__in=Activity.objects.visible_to(user).values("pk"))
        public = Q(committee__in=Volunteer.objects.filter(user=user).values("committee"))
        return rows.filter(within | public & ~Q(state=Activity.State.DRAFT))

    @extend_schema(request=SignUpBody, responses={200: SignupSerializer, 409: REFUSED}, methods=["POST"])
    @extend_schema(request=None, responses={204: None, 409: REFUSED}, methods=["DELETE"])
    @action(detail=True, methods=["post", "delete"], url_path="sign-up")
    def sign_up(self, request: Request, pk: str | None = None) -> Response:
        """Sign oneself up, take a place that is offered, or leave. Doing it twice is doing it once."""
        activity = self.get_object()
        volunteer = Volunteer.objects.filter(user=request.user).first()
        if volunteer is None:
            raise PermissionDenied(detail="Only a registered volunteer signs up.")
        if request.method == "DELETE":
            for signup in activity.signups.filter(volunteer=volunteer):
                signups.leave(signup, by=request.user)
            return Response(status=204)
        position = _position(activity, request)
        if request.data.get("consent") is True:
            people.complete(volunteer, consent=True)
        signup = signups.join(position, volunteer, by=request.user)
        return Response(SignupSerializer(signup, context=self.get_serializer_context()).data)

    @extend_schema(responses={200: VerdictSerializer(many=True)})
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def verdict(self, request: Request, pk: str | None = None) -> Response:
        """What would happen if one signed oneself up now, for each position."""
        activity = self.get_object()
        volunteer = Volunteer.objects.filter(user=request.user).first()
        said = [
            (position.pk, signups.verdict(position, volunteer, by=request.user))
            for position in activity.positions.all()
        ]
        rows = [
            {
                "position": pk,
                "verdict": verdict.value,
                "says": str(verdict.label),
                "may_join": verdict.may_join,
            }
            for pk, verdict in said
        ]
        return Response(rows)

    @extend_schema(request=None, responses={200: ActivitySerializer, 409: REFUSED})
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: str | None = None) -> Response:
        """Open a draft for sign-up."""
        activities.publish(self._led(), by=request.user)
        return self._shown()

    @extend_schema(request=ReasonBody, responses={200: ActivitySerializer, 409: REFUSED})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str | None = None) -> Response:
        """Call the activity off; all who signed up are told why."""
        activity = self._led()
        body = ReasonBody(data=request.data)
        body.is_valid(raise_exception=True)
        activities.cancel(activity, body.validated_data["because"], by=request.user)
        return self._shown()

    @extend_schema(request=PresentBody, responses={200: ActivitySerializer, 409: REFUSED})
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str | None = None) -> Response:
        """Say who was there; the hours follow."""
        activity = self._led()
        body = PresentBody(data=request.data)
        body.is_valid(raise_exception=True)
        attendance.close(activity, by=request.user, present=body.validated_data["present"])
        return self._shown()

    def _led(self) -> Activity:
        """What a leader writes is in the leader's own scope, not merely public."""
        return get_object_or_404(Activity.objects.visible_to(self.request.user), pk=self.get_object().pk)

    def _shown(self) -> Response:
        return Response(self.get_serializer(self.get_object()).data)


def _position(activity: Activity, request: Request) -> Position:
    body = SignUpBody(data=request.data)
    body.is_valid(raise_exception=True)
    positions = activity.positions.all()
    wanted = body.validated_data.get("position")
    if wanted is None and len(positions) == 1:
        return positions[0]
    for position in positions:
        if position.pk == wanted:
            return position
    raise ValidationError({"position": ["Name one of the activity's positions."]})


class SignupFilter(django_filters.FilterSet):
    first = django_filters.DateFilter("day", "gte", label="first day")
    last = django_filters.DateFilter("day", "lte", label="last day")

    class Meta:
        model = Signup
        fields = ["state"]


class SignupViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Sign-ups: one's own, and those of the activities within reach."""

    queryset = Signup.objects.all()
    serializer_class = SignupSerializer
    filterset_class = SignupFilter


class ActivityKindSerializer(ScopedSerializer):
    class Meta:
        model = ActivityKind
        fields = ["id", "committee", "code", "name", "order"]


class ActivityKindViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Kinds of activity."""

    queryset = ActivityKind.objects.all()
    serializer_class = ActivityKindSerializer


class SkillSerializer(ScopedSerializer):
    class Meta:
        model = Skill
        fields = ["id", "committee", "name", "order"]


class SkillViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """What volunteers can do and positions may ask for."""

    queryset = Skill.objects.all()
    serializer_class = SkillSerializer
