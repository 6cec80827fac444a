"""The forms of the roster: plans, one patrol's change, leave and swap, cross-checks."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaign import moments
from campaign.forms import ScopedForm
from campaign.models import Community
from campaign.recurrence import check_rule
from campaign.scoping import reach_of
from grids import handovers, plans
from grids.models import Checklist, Handover, Patrol, PatrolPlan, Point, Zone

WEEKDAYS = [
    ("MO", _("Monday")), ("TU", _("Tuesday")), ("WE", _("Wednesday")), ("TH", _("Thursday")),
    ("FR", _("Friday")), ("SA", _("Saturday")), ("SU", _("Sunday")),
]  # fmt: skip
TURNS = 6
"""places in a rotation that the form shows at least"""


def _date_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def zones_planned_by(user: Any) -> Any:
    """The zones for which `user` may set up patrols: the street's for an official, else the zones led."""
    rows, reach = Zone.objects.visible_to(user).order_by("committee", "number"), reach_of(user)
    if reach.everything:
        return rows
    return rows.filter(committee__in=reach.committees) | rows.filter(leader=user.pk)


class PointsField(forms.ModelMultipleChoiceField):
    """Points by their keys; a number that no key can be is no choice, and never asked of the database."""

    def clean(self, value: Any) -> Any:
        for key in value or ():
            if not (str(key).isascii() and str(key).isdigit() and len(str(key)) <= 18):
                raise ValidationError(
                    self.error_messages["invalid_pk_value"], "invalid_pk_value", {"pk": str(key)[:20]}
                )
        return super().clean(value)


class ZoneForm(ScopedForm):
    """For which zone a plan is to be."""

    zone = forms.ModelChoiceField(
        Zone.objects.none(), label=_("Responsibility zone"), empty_label=_("Choose")
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["zone"].queryset = zones_planned_by(user)


class PlanForm(ScopedForm):
    """A plan of patrols in a zone, in the words of those who walk it."""

    name = forms.CharField(label=_("Name of the plan"), max_length=60)
    community = forms.ModelChoiceField(Community.objects.none(), label=_("Community"), empty_label=None)
    checklist = forms.ModelChoiceField(
        Checklist.objects.none(), label=_("Check-list"), empty_label=_("Choose")
    )
    covers = forms.ChoiceField(
        label=_("What is looked at"), choices=PatrolPlan.Covers.choices, widget=forms.RadioSelect
    )
    points = PointsField(
        Point.objects.none(), label=_("Points of the route"), required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("For the whole zone none need be chosen."),
    )  # fmt: skip
    repeat = forms.ChoiceField(
        label=_("How often"), widget=forms.RadioSelect,
        choices=[
            ("DAILY", _("every day")), ("WEEKLY", _("on the days of the week ticked below")),
            ("OTHER", _("by the rule below")),
        ],
    )  # fmt: skip
    weekdays = forms.MultipleChoiceField(
        label=_("Days of the week"), choices=WEEKDAYS, required=False, widget=forms.CheckboxSelectMultiple
    )
    rule = forms.CharField(
        label=_("Rule"), max_length=200, required=False,
        help_text=_("Only where neither fits: as in calendars, such as FREQ=MONTHLY;BYMONTHDAY=1,15."),
    )  # fmt: skip
    holidays = forms.ChoiceField(
        label=_("Holidays"), choices=PatrolPlan.Holidays.choices, widget=forms.RadioSelect,
        help_text=_("Working days are those of the State Council's calendar, with its make-up days."),
    )  # fmt: skip
    start_time = forms.TimeField(
        label=_("Starts at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    window_minutes = forms.IntegerField(
        label=_("Window in minutes"), min_value=10, max_value=1440,
        help_text=_("A patrol not walked by then is missed; it is never slid forward."),
    )  # fmt: skip
    first_day = forms.DateField(label=_("First day"), widget=_date_input(), validators=[moments.can_be])
    last_day = forms.DateField(
        label=_("Last day"), widget=_date_input(), required=False, validators=[moments.can_be]
    )
    misfire = forms.ChoiceField(
        label=_("If the portal stood still"), choices=PatrolPlan.Misfire.choices, widget=forms.RadioSelect,
        help_text=_("What becomes of the slots that nobody could see. None is slid forward."),
    )  # fmt: skip
    is_active = forms.BooleanField(label=_("in force"), required=False)

    def __init__(
        self, *args: Any, user: Any, zone: Zone, plan: PatrolPlan | None = None, **kwargs: Any
    ) -> None:
        kwargs.setdefault("initial", _as_typed(plan) if plan else _usual(zone))
        super().__init__(*args, user=user, **kwargs)
        self.zone, self.plan = zone, plan
        # One gate for all choices: what the person sees, of this zone and street.
        self.fields["community"].queryset = Community.objects.visible_to(user).filter(
            committee=zone.committee_id
        )
        self.fields["checklist"].queryset = Checklist.objects.visible_to(user).filter(
            committee=zone.committee_id
        )
        today = timezone.localdate()
        points = Point.objects.visible_to(user).filter(zone=zone, since__lte=today)
        self.fields["points"].queryset = points.exclude(until__lte=today).order_by(
            "community", "address", "pk"
        )
        if plan is None:
            del self.fields["is_active"]
        crew = plans.crew_of(zone.committee_id)
        for number in range(max(TURNS, len(self.initial.get("turns", [])) + 1)):
            label = _("Patroller, turn %(number)d") % {"number": number + 1}
            self.fields[f"turn{number}"] = forms.ModelChoiceField(
                crew, label=label, required=False, empty_label=_("nobody"),
                initial=self.initial.get("turns", [])[number : number + 1] or None,
            )  # fmt: skip

    @property
    def main_fields(self) -> list[Any]:
        """All but the rotation, for the page."""
        return [self[name] for name in self.fields if not name.startswith("turn")]

    @property
    def turn_fields(self) -> list[Any]:
        """The places of the rotation, for the page."""
        return [self[name] for name in self.fields if name.startswith("turn")]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("repeat") == "WEEKLY" and not said.get("weekdays"):
            self.add_error("weekdays", _("Tick at least one day."))
        if said.get("repeat") == "OTHER":
            try:
                check_rule(said.get("rule", ""))
            except ValidationError as error:
                self.add_error("rule", error)
        first, last = said.get("first_day"), said.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("It must not lie before the first day."))
        return said

    def draft(self) -> plans.Draft:
        """What was typed, as the verbs of `grids.plans` take it."""
        said = self.cleaned_data
        names = (
            "name", "community", "checklist", "covers", "holidays", "start_time", "window_minutes", "first_day",
            "last_day", "misfire",
        )  # fmt: skip
        fields = {name: said[name] for name in names}
        fields["rule"] = _rule_of(said)
        if self.plan is None:
            fields["zone"] = self.zone
        else:
            fields["is_active"] = said["is_active"]
        turns = [said[name] for name in self.fields if name.startswith("turn") and said.get(name)]
        return plans.Draft(fields, self._in_order(said["points"]), turns)

    def _in_order(self, chosen: Any) -> list[Point]:
        """The points chosen: those of the route keep their order, new ones follow."""
        places: dict[int, int] = {}
        if self.plan is not None:
            places = {stop.point_id: stop.order for stop in self.plan.stops.all()}
        return sorted(chosen, key=lambda point: places.get(point.pk, 1000))


def _rule_of(said: dict[str, Any]) -> str:
    if said["repeat"] == "DAILY":
        return "FREQ=DAILY"
    if said["repeat"] == "WEEKLY":
        return "FREQ=WEEKLY;BYDAY=" + ",".join(said["weekdays"])
    return said["rule"].strip().upper().removeprefix("RRULE:")


def _usual(zone: Zone) -> dict[str, Any]:
    first = zone.communities.order_by("order", "pk").first()
    return {
        "community": first.pk if first else None, "covers": PatrolPlan.Covers.ROUTE, "repeat": "DAILY",
        "holidays": PatrolPlan.Holidays.KEEP, "start_time": datetime.time(9), "window_minutes": 120,
        "first_day": timezone.localdate(), "misfire": PatrolPlan.Misfire.ALL,
    }  # fmt: skip


def _as_typed(plan: PatrolPlan) -> dict[str, Any]:
    names = (
        "name", "covers", "holidays", "start_time", "window_minutes", "first_day", "last_day", "misfire", "is_active",
    )  # fmt: skip
    repeat, weekdays = "OTHER", []
    head, _sign, days = plan.rule.partition("FREQ=WEEKLY;BYDAY=")
    if plan.rule == "FREQ=DAILY":
        repeat = "DAILY"
    elif not head and set(days.split(",")) <= {code for code, _name in WEEKDAYS}:
        repeat, weekdays = "WEEKLY", days.split(",")
    return {
        **{name: getattr(plan, name) for name in names},
        "community": plan.community_id,
        "checklist": plan.checklist_id,
        "points": [stop.point_id for stop in plan.stops.all()],
        "turns": [turn.patroller_id for turn in plan.turns.order_by("order")],
        "repeat": repeat,
        "weekdays": weekdays,
        "rule": plan.rule if repeat == "OTHER" else "",
    }


# --- One patrol ------------------------------------------------------------------------------------
class MoveForm(forms.Form):
    """Another time or patroller for one patrol."""

    starts_at = forms.DateTimeField(
        label=_("Starts at"), validators=[moments.can_be],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    patroller = forms.ModelChoiceField(
        User.objects.none(), label=_("Patroller"), required=False, empty_label=_("nobody")
    )
    because = forms.CharField(label=_("Why"), max_length=120, required=False)

    def __init__(self, *args: Any, patrol: Patrol, **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial", {"starts_at": timezone.localtime(patrol.starts_at), "patroller": patrol.patroller_id}
        )
        super().__init__(*args, **kwargs)
        self.fields["patroller"].queryset = plans.crew_of(patrol.committee_id)


class WithdrawForm(forms.Form):
    """Why a patrol is taken off the roster."""

    because = forms.CharField(label=_("Why is it withdrawn?"), max_length=120)


class HandoverForm(forms.Form):
    """Leave, or a swap for a colleague's patrol."""

    kind = forms.ChoiceField(
        label=_("What do you need?"), choices=Handover.Kind.choices, widget=forms.RadioSelect
    )
    other = forms.ModelChoiceField(
        Patrol.objects.none(), label=_("Swap for"), required=False, empty_label=_("only for a swap"),
        help_text=_("A patrol of a colleague that you would walk instead."),
    )  # fmt: skip
    taker = forms.ModelChoiceField(
        User.objects.none(), label=_("Who could take it over?"), required=False,
        empty_label=_("the leader names somebody"), help_text=_("For a leave, if you have asked a colleague."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason"), max_length=120, help_text=_("The zone leader reads it."))

    def __init__(self, *args: Any, patrol: Patrol, user: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"kind": Handover.Kind.LEAVE})
        super().__init__(*args, **kwargs)
        rows = handovers.swappable(patrol, user)
        self.fields["other"].queryset = rows
        self.fields["other"].label_from_instance = handovers.named
        self.fields["taker"].queryset = plans.crew_of(patrol.committee_id).exclude(pk=user.pk)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("kind") == Handover.Kind.SWAP and not said.get("other"):
            self.add_error("other", _("Choose the patrol that you would walk instead."))
        return said

    def for_the_verb(self) -> dict[str, Any]:
        """The values as `handovers.ask` takes them."""
        said = self.cleaned_data
        swap = said["kind"] == Handover.Kind.SWAP
        return {
            "reason": said["reason"],
            "other": said["other"] if swap else None,
            "taker": None if swap else said["taker"],
        }


class DecideForm(forms.Form):
    """The leader's yes or no."""

    verdict = forms.ChoiceField(
        label=_("Decision"),
        choices=[("agree", _("agree")), ("refuse", _("do not agree"))],
        widget=forms.RadioSelect,
    )
    taker = forms.ModelChoiceField(
        User.objects.none(), label=_("Taken over by"), required=False, empty_label=_("Choose")
    )
    note = forms.CharField(label=_("Note"), max_length=120, required=False)

    def __init__(
        self, *args: Any, handover: Handover, named: list[tuple[Any, str]] | None = None, **kwargs: Any
    ) -> None:
        proposed = handover.taker or handovers.next_in_turn(handover)
        kwargs.setdefault("initial", {"verdict": "agree", "taker": proposed.pk if proposed else None})
        super().__init__(*args, auto_id=f"h{handover.pk}_%s", **kwargs)
        if handover.kind == Handover.Kind.SWAP:
            del self.fields["taker"]
        else:
            crew = plans.crew_of(handover.patrol.committee_id)
            self.fields["taker"].queryset = crew.exclude(pk=handover.asked_by_id)
            if named is not None:  # read once for all forms of a page
                choices = [(key, name) for key, name in named if key != handover.asked_by_id]
                self.fields["taker"].choices = [("", _("Choose")), *choices]


class CrossCheckForm(ScopedForm):
    """A round of unannounced checks between communities."""

    title = forms.CharField(label=_("Name of the round"), max_length=40)
    checklist = forms.ModelChoiceField(
        Checklist.objects.all(), label=_("Check-list"), empty_label=_("Choose"),
        help_text=_("Only points that it fits are drawn."),
    )  # fmt: skip
    day = forms.DateField(label=_("Day"), widget=_date_input(), validators=[moments.can_be])
    start_time = forms.TimeField(
        label=_("Starts at"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        initial=datetime.time(9),
    )
    window_minutes = forms.IntegerField(
        label=_("Window in minutes"), min_value=10, max_value=1440, initial=180
    )
    points_each = forms.IntegerField(
        label=_("Points of each community"), min_value=1, max_value=30, initial=3
    )
    seed = forms.IntegerField(
        label=_("Seed of the draw"), min_value=0, max_value=999_999, required=False,
        help_text=_("Empty: one is drawn. It is noted, so that anyone can see that nothing was chosen by hand."),
    )  # fmt: skip
