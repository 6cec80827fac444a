"""Plans, leave and swap, and cross-checks, through the same verbs as the pages."""

from functools import partial
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from campaign import moments
from campaign.api.scoped import ScopedRelatedField, ScopedSerializer
from campaign.models import Community
from campaign.recurrence import check_rule
from campaign.scoping import reach_of
from grids import crosschecks, handovers, plans
from grids.api.zones import ReadOnly
from grids.models import Checklist, CrossCheck, Handover, Patrol, PatrolPlan, Point, Zone

REFUSED = OpenApiResponse(description="refused by the verb; `code` names the reason")


class ColleagueField(serializers.PrimaryKeyRelatedField):
    """An account by its id: only people appointed in a street of the sender exist here."""

    def get_queryset(self) -> QuerySet[User]:
        reach = reach_of(self.context["request"].user)
        people = User.objects.filter(is_active=True)
        if reach.everything:
            return people
        return people.filter(appointments__committee__in=reach.member_of).distinct()


class PlanSerializer(ScopedSerializer):
    class Meta:
        model = PatrolPlan
        fields = [
            "id", "community", "zone", "name", "checklist", "covers", "points", "rule", "holidays", "first_day",
            "last_day", "start_time", "window_minutes", "misfire", "is_active", "continues", "filled_until",
        ]  # fmt: skip
        read_only_fields = fields


class PlanBody(serializers.Serializer):
    """What of a plan is to be set; with PATCH-like meaning when a plan is changed."""

    zone = ScopedRelatedField(queryset=Zone.objects.all())
    community = ScopedRelatedField(queryset=Community.objects.all())
    name = serializers.CharField(max_length=60)
    checklist = ScopedRelatedField(queryset=Checklist.objects.all())
    covers = serializers.ChoiceField(choices=PatrolPlan.Covers.choices, required=False)
    points = ScopedRelatedField(
        queryset=Point.objects.all(), many=True, required=False, help_text="the route, in its order"
    )
    patrollers = ColleagueField(
        queryset=User.objects.none(), many=True, required=False, help_text="who takes turns, in order"
    )
    rule = serializers.CharField(max_length=200, validators=[check_rule], required=False)
    holidays = serializers.ChoiceField(choices=PatrolPlan.Holidays.choices, required=False)
    first_day = serializers.DateField(validators=[moments.can_be])
    last_day = serializers.DateField(validators=[moments.can_be], required=False, allow_null=True)
    start_time = serializers.TimeField()
    window_minutes = serializers.IntegerField(min_value=10, max_value=1440, required=False)
    misfire = serializers.ChoiceField(choices=PatrolPlan.Misfire.choices, required=False)
    is_active = serializers.BooleanField(required=False)
    look = serializers.BooleanField(
        required=False, help_text="true: say what would become of the coming patrols, and keep nothing"
    )


class PlanChange(PlanBody):
    since = ScopedRelatedField(
        queryset=Patrol.objects.all(), required=False, help_text="this patrol and the following; else all"
    )


class MergedSerializer(serializers.Serializer):
    """What became, or with `look` would become, of the coming patrols."""

    plan = serializers.IntegerField(allow_null=True)
    added = serializers.ListField(child=serializers.DateTimeField())
    changed = serializers.ListField(child=serializers.DateTimeField())
    kept = serializers.ListField(child=serializers.DateTimeField())
    withdrawn = serializers.ListField(child=serializers.DateTimeField())


def _told(plan: PatrolPlan, merged: plans.Merged, looked: bool) -> Response:
    told = {
        "plan": None if looked else plan.pk,
        "added": [row.starts_at for row in merged.added],
        "changed": [row.starts_at for _was, row in merged.changed],
        "kept": [row.starts_at for row in merged.kept],
        "withdrawn": [row.starts_at for row in merged.withdrawn],
    }
    return Response(MergedSerializer(told).data, status=status.HTTP_200_OK)


class PlanViewSet(ReadOnly):
    """Plans of patrols: points, check-list, rule, rotation."""

    queryset = PatrolPlan.objects.prefetch_related("points")
    serializer_class = PlanSerializer
    writes_by_action = {"create": "scope", "change": "scope"}

    @extend_schema(request=PlanBody, responses={200: MergedSerializer, 409: REFUSED})
    def create(self, request: Request) -> Response:
        """Set up a plan; its coming days are filled at once."""
        body = PlanBody(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        return self._do(given, partial(plans.make, _draft(given), by=request.user))

    @extend_schema(request=PlanChange, responses={200: MergedSerializer, 409: REFUSED})
    @action(detail=True, methods=["post"])
    def change(self, request: Request, pk: str | None = None) -> Response:
        """Change all that is to come, or one patrol and the following; what is not sent stays."""
        plan = self.get_object()
        body = PlanChange(data=request.data, context=self.get_serializer_context(), partial=True)
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        since = given.pop("since", None)
        return self._do(given, partial(plans.change, plan, _draft(given), by=request.user, since=since))

    def _do(self, given: dict[str, Any], verb: Any) -> Response:
        looked = given.get("look", False)
        plan, merged = plans.rehearse(verb) if looked else verb()
        return _told(plan, merged, looked)


def _draft(given: dict[str, Any]) -> plans.Draft:
    beside = ("points", "patrollers", "look")
    fields = {name: value for name, value in given.items() if name not in beside}
    return plans.Draft(fields, given.get("points"), given.get("patrollers"))


# --- Leave and swap ---------------------------------------------------------------------------------
class HandoverSerializer(ScopedSerializer):
    class Meta:
        model = Handover
        fields = [
            "id", "patrol", "kind", "other", "asked_by", "asked_at", "reason", "taker", "state", "decided_by",
            "decided_at", "note",
        ]  # fmt: skip
        read_only_fields = fields


class AskBody(serializers.Serializer):
    patrol = ScopedRelatedField(queryset=Patrol.objects.all())
    reason = serializers.CharField(max_length=120)
    other = ScopedRelatedField(queryset=Patrol.objects.all(), required=False, help_text="for a swap")
    taker = ColleagueField(queryset=User.objects.none(), required=False, help_text="proposed, for a leave")


class AgreeBody(serializers.Serializer):
    taker = ColleagueField(queryset=User.objects.none(), required=False)
    note = serializers.CharField(max_length=120, required=False, allow_blank=True)


class RefuseBody(serializers.Serializer):
    note = serializers.CharField(max_length=120)


class HandoverViewSet(ReadOnly):
    """Leave and swap: asked by a patroller, decided by the zone's leader."""

    queryset = Handover.objects.all()
    serializer_class = HandoverSerializer
    writes_by_action = {"create": "scope", "agree": "scope", "refuse": "scope", "take_back": "scope"}

    @extend_schema(request=AskBody, responses={201: HandoverSerializer, 409: REFUSED})
    def create(self, request: Request) -> Response:
        """Ask for leave from an own patrol, or to swap it."""
        given = self._body(AskBody)
        asked = handovers.ask(given.pop("patrol"), given.pop("reason"), by=request.user, **given)
        return Response(self.get_serializer(asked).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=AgreeBody, responses={200: HandoverSerializer, 409: REFUSED})
    @action(detail=True, methods=["post"])
    def agree(self, request: Request, pk: str | None = None) -> Response:
        """Consent: the slots change hands."""
        handover = self.get_object()
        return self._told(handovers.agree(handover, by=request.user, **self._body(AgreeBody)))

    @extend_schema(request=RefuseBody, responses={200: HandoverSerializer, 409: REFUSED})
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, pk: str | None = None) -> Response:
        """Do not consent, and say why."""
        handover = self.get_object()
        return self._told(handovers.refuse(handover, self._body(RefuseBody)["note"], by=request.user))

    @extend_schema(request=None, responses={200: HandoverSerializer, 409: REFUSED})
    @action(detail=True, methods=["post"])
    def take_back(self, request: Request, pk: str | None = None) -> Response:
        """The one who asked needs it no longer."""
        return self._told(handovers.take_back(self.get_object(), by=request.user))

    def _body(self, kind: type[serializers.Serializer]) -> dict[str, Any]:
        body = kind(data=self.request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def _told(self, handover: Handover) -> Response:
        return Response(self.get_serializer(handover).data)


# --- Cross-checks ------------------------------------------------------------------------------------
class CrossCheckSerializer(ScopedSerializer):
    class Meta:
        model = CrossCheck
        fields = [
            "id", "title", "checklist", "day", "start_time", "window_minutes", "points_each", "seed", "drawn_at",
        ]  # fmt: skip
        read_only_fields = fields


class DrawBody(serializers.Serializer):
    title = serializers.CharField(max_length=40)
    checklist = ScopedRelatedField(queryset=Checklist.objects.all())
    day = serializers.DateField(validators=[moments.can_be])
    start_time = serializers.TimeField()
    window_minutes = serializers.IntegerField(min_value=10, max_value=1440, required=False)
    points_each = serializers.IntegerField(min_value=1, max_value=30, required=False)
    seed = serializers.IntegerField(min_value=0, max_value=crosschecks.MOST_SEED, required=False)


class CrossCheckViewSet(ReadOnly):
    """Rounds of unannounced checks between communities; for the street office alone."""

    queryset = CrossCheck.objects.all()
    serializer_class = CrossCheckSerializer
    writes_by_action = {"create": "scope"}

    @extend_schema(request=DrawBody, responses={201: CrossCheckSerializer, 409: REFUSED})
    def create(self, request: Request) -> Response:
        """Draw a round."""
        body = DrawBody(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        drawn = crosschecks.draw(given["checklist"].committee, by=request.user, **given)
        return Response(self.get_serializer(drawn).data, status=status.HTTP_201_CREATED)
