"""The filters of this app's lists: each is a form that reads as a sentence."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.choices import BaseChoiceIterator
from django.utils.translation import gettext_lazy as _

from campaign import registry
from campaign.forms import PlainSelect, ScopedForm
from campaign.models import Community, Unit
from grids import clocks, frontage, hotspots, points
from grids.models import (
    Case,
    CaseCategory,
    FrontageAppeal,
    FrontageInspection,
    Merchant,
    Patrol,
    Point,
    PointType,
    Request,
    RequestType,
    VisitBatch,
    VisitRound,
    Whistle,
    WhistleTask,
    Zone,
)
from grids.whistleflow import OPEN_WHISTLES, Kind, TaskState
from grids.workflow import ENDED, OPEN, State

# What people ask for; each name is a list of states.
GROUPS: dict[str, frozenset[str]] = {
    "open": frozenset(OPEN),
    "to_dispatch": frozenset({State.RECEIVED, State.FILED}),
    "to_handle": frozenset({State.DISPATCHED, State.HANDLING}),
    "to_verify": frozenset({State.HANDLED}),
    "waiting": frozenset({State.WAITING}),
    "suspended": frozenset({State.SUSPENDED}),
    "ended": frozenset(ENDED),
}
GROUP_NAMES = [
    ("open", _("open")),
    ("to_dispatch", _("to be dispatched")),
    ("to_handle", _("to be handled")),
    ("to_verify", _("to be verified")),
    ("waiting", _("waiting for the reporter")),
    ("suspended", _("suspended")),
    ("ended", _("ended")),
]


def _keys_of(listed: type[Model], counted: type[Model]) -> str:
    """The column of the counted rows that names the listed ones: their own key, or that of their case."""
    if counted is listed:
        return "pk"
    names = {field.name for field in counted._meta.concrete_fields if field.related_model is listed}
    return "case" if "case" in names else ""


class PeriodMixin(forms.Form):
    """Rows behind a figure: `?metric=&first=&last=`, carried along unseen."""

    metric = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    first = forms.DateField(required=False, widget=forms.HiddenInput)
    last = forms.DateField(required=False, widget=forms.HiddenInput)

    def within(self, rows: QuerySet, day: str) -> QuerySet:
        """Narrow `rows` to what the metric counted in the period, or without a metric to the period itself."""
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        metric = registry.metrics.get(self.cleaned_data.get("metric") or "")
        if metric and first and last and (key := _keys_of(rows.model, metric.model)):
            return rows.filter(pk__in=metric.facts_between(first, last).values(key))
        if first:
            rows = rows.filter(**{f"{day}__gte": first})
        return rows.filter(**{f"{day}__lte": last}) if last else rows


# What the to-dos ask for by `?show=`.
SHOWN = {
    "to_file": ("state", "to_dispatch"),
    "handling": ("state", "to_handle"),
    "to_verify": ("state", "to_verify"),
    "overdue": ("overdue", "on"),
    "asking": ("asking", "on"),
}


def _as_asked(data: Any) -> Any:
    """The filters' values, with the short word of a to-do spelt out."""
    if data.get("show") not in SHOWN:
        return data
    name, value = SHOWN[data["show"]]
    asked = data.copy()
    asked[name] = value
    return asked


class _Names(BaseChoiceIterator):
    """The choices of a field as keys and names alone: a list of cases needs no other word of a hundred categories."""

    def __init__(self, field: forms.ModelChoiceField) -> None:
        self.field = field

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        yield "", self.field.empty_label
        yield from self.field.queryset.values_list("pk", "name")


class CaseFilter(ScopedForm, PeriodMixin):
    """Cases in a state, of a community, of a category, with a unit, from a source, overdue, with a text."""

    state = forms.ChoiceField(
        required=False,
        label=_("Show"),
        choices=[("", _("all cases")), *GROUP_NAMES, *((s.value, s.label) for s in State if s in ENDED)],
    )
    community = forms.ModelChoiceField(
        Community.objects.all(), required=False, label=_("In"), empty_label=_("all communities")
    )
    category = forms.ModelChoiceField(
        CaseCategory.objects.all(), required=False, label=_("about"), empty_label=_("anything")
    )
    unit = forms.ModelChoiceField(
        Unit.objects.all(), required=False, label=_("handled by"), empty_label=_("any unit")
    )
    source = forms.ChoiceField(
        required=False, label=_("Source"), choices=[("", _("any source")), *Case.Source.choices]
    )
    lamp = forms.ChoiceField(required=False, label=_("Lamp"), choices=[("", _("any")), *clocks.Lamp.choices])
    overdue = forms.BooleanField(required=False, label=_("overdue only"))
    asking = forms.BooleanField(required=False, label=_("with a request that waits"))
    q = forms.CharField(required=False, max_length=40, label=_("Text or number"))

    def __init__(self, data: Any, *, user: Any) -> None:
        super().__init__(_as_asked(data), user=user)
        for field in self.fields.values():
            if isinstance(field, forms.ChoiceField):
                plain = PlainSelect(attrs=field.widget.attrs)
                plain.is_required, plain.choices = field.widget.is_required, field.widget.choices
                if isinstance(field, forms.ModelChoiceField):
                    plain.choices = _Names(field)
                field.widget = plain
        self.fields["q"].widget.attrs["type"] = "search"

    def anywhere(self) -> QuerySet[Case]:
        """The cases asked for, whatever their state; none for values that are no choice."""
        rows = Case.objects.visible_to(self.user)
        if not self.is_valid():
            return rows.none()
        for name in ("community", "category", "unit", "source"):
            if value := self.cleaned_data[name]:
                rows = rows.filter(**{name: value})
        if text := self.cleaned_data["q"].strip():
            in_text = Q(description__icontains=text) | Q(address__icontains=text)
            rows = rows.filter(in_text | Q(code__startswith=text.upper().replace(" ", "")))
        return self.within(rows, "reported_on")

    def rows(self) -> QuerySet[Case]:
        """The cases asked for."""
        rows = self.anywhere()
        if not self.is_valid():
            return rows
        if self.cleaned_data["overdue"]:
            rows = rows.overdue()
        if self.cleaned_data["asking"]:
            rows = rows.asking()
        if lamp := self.cleaned_data["lamp"]:
            rows = rows.lit(lamp)
        if state := self.cleaned_data["state"]:
            rows = rows.filter(state__in=GROUPS.get(state, {state}))
        return rows.select_related("community", "category", "unit")

    def counts(self) -> list[dict[str, Any]]:
        """How many of the cases stand in each group of states: one query. What has ended, in the years of a street
        more by far than all else, is not counted here."""
        still_open = self.anywhere().filter(state__in=OPEN).order_by()
        told = dict(still_open.values_list("state").annotate(Count("pk")))
        return [
            {
                "name": name,
                "title": title,
                "count": None if name == "ended" else sum(told.get(state, 0) for state in GROUPS[name]),
                "chosen": self.data.get("state") == name,
            }
            for name, title in GROUP_NAMES
        ]


class WhistleFilter(ScopedForm, PeriodMixin):
    """Whistles of a kind, in a state, with a unit, overdue, with a text."""

    SHOWN = {
        "open": ("open", _("open")),
        "raised": ("raised", _("to be approved")),
        "blown": ("blown", _("units called")),
        "to_decide": ("to_decide", _("to be decided")),
        "to_rate": ("to_rate", _("to be rated")),
        "ended": ("ended", _("ended")),
    }
    state = forms.ChoiceField(
        required=False, label=_("Show"), choices=[("", _("all whistles")), *SHOWN.values()]
    )
    kind = forms.ChoiceField(required=False, label=_("kind"), choices=[("", _("any kind")), *Kind.choices])
    unit = forms.ModelChoiceField(
        Unit.objects.all(), required=False, label=_("called unit"), empty_label=_("any unit")
    )
    overdue = forms.BooleanField(required=False, label=_("overdue only"))
    q = forms.CharField(required=False, max_length=40, label=_("Text or number"))

    def __init__(self, data: Any, *, user: Any) -> None:
        super().__init__(data, user=user)
        self.fields["q"].widget.attrs["type"] = "search"

    def rows(self) -> QuerySet[Whistle]:
        """The whistles asked for; none for values that are no choice."""
        rows = Whistle.objects.visible_to(self.user)
        if not self.is_valid():
            return rows.none()
        asked = self.cleaned_data
        if asked["kind"]:
            rows = rows.filter(kind=asked["kind"])
        if asked["unit"]:
            rows = rows.filter(pk__in=WhistleTask.objects.filter(unit=asked["unit"]).values("whistle"))
        if asked["overdue"]:
            rows = rows.overdue()
        if text := asked["q"].strip():
            in_text = Q(title__icontains=text) | Q(description__icontains=text) | Q(address__icontains=text)
            rows = rows.filter(in_text | Q(code__startswith=text.upper().replace(" ", "")))
        rows = self._in_state(rows, asked["state"])
        return self.within(rows, "blown_on").select_related("community")

    @staticmethod
    def _in_state(rows: QuerySet[Whistle], state: str) -> QuerySet[Whistle]:
        if state in ("open", "ended"):
            return (
                rows.filter(state__in=OPEN_WHISTLES)
                if state == "open"
                else rows.exclude(state__in=OPEN_WHISTLES)
            )
        if state in ("to_decide", "to_rate"):
            waits = TaskState.TO_DECIDE if state == "to_decide" else TaskState.REPORTED
            return rows.filter(pk__in=WhistleTask.objects.filter(state=waits).values("whistle"))
        return rows.filter(state=state) if state else rows


class RequestFilter(ScopedForm, PeriodMixin):
    """Requests by what is to be done, of a community, of a type."""

    SHOWN = [
        ("to_contact", _("to be contacted")),
        ("to_call_back", _("to be called back")),
        ("unreached", _("not reached")),
        ("heard", _("called back")),
    ]
    show = forms.ChoiceField(required=False, label=_("Show"), choices=[("", _("all requests")), *SHOWN])
    community = forms.ModelChoiceField(
        Community.objects.all(), required=False, label=_("In"), empty_label=_("all communities")
    )
    type = forms.ModelChoiceField(
        RequestType.objects.all(), required=False, label=_("of type"), empty_label=_("any type")
    )
    late = forms.BooleanField(required=False, label=_("overdue only"))

    def order(self) -> tuple[str, str]:
        """What waits for a call by its limit, all others the newest first."""
        waits = self.is_valid() and self.cleaned_data["show"] in ("to_contact", "to_call_back")
        return ("due_by", "pk") if waits else ("-asked_at", "-pk")

    def anywhere(self) -> QuerySet[Request]:
        """The requests asked for, whatever is to be done with them."""
        rows = Request.objects.visible_to(self.user)
        if not self.is_valid():
            return rows.none()
        for name in ("community", "type"):
            if value := self.cleaned_data[name]:
                rows = rows.filter(**{name: value})
        return self.within(rows, "asked_on")

    def rows(self) -> QuerySet[Request]:
        """The requests asked for."""
        rows = self.anywhere()
        if not self.is_valid():
            return rows
        rows = self._to_do(rows, self.cleaned_data["show"])
        if self.cleaned_data["late"]:
            rows = rows.late()
        return rows.select_related("case__category", "case__unit", "community", "type")

    @staticmethod
    def _to_do(rows: Any, show: str) -> Any:
        if show == "to_contact":
            return rows.to_contact().filter(case__state__in=OPEN)
        if show == "to_call_back":
            return rows.to_call_back()
        return rows.filter(state=show) if show else rows

    def counts(self) -> list[dict[str, Any]]:
        """How many wait for each kind of call."""
        return [
            {
                "name": name,
                "title": title,
                "count": self._to_do(self.anywhere(), name).count(),
                "chosen": self.data.get("show") == name,
            }
            for name, title in self.SHOWN[:3]
        ]


class HotSpotFilter(ScopedForm):
    """What makes a spot hot, and where."""

    cases = forms.IntegerField(label=_("Cases at least"), min_value=2, max_value=100, required=False)
    days = forms.IntegerField(label=_("Within days"), min_value=1, max_value=366, required=False)
    community = forms.ModelChoiceField(
        Community.objects.all(), required=False, label=_("In"), empty_label=_("all communities")
    )
    category = forms.ModelChoiceField(
        CaseCategory.objects.all(), required=False, label=_("about"), empty_label=_("anything")
    )

    def __init__(self, data: Any, *, user: Any) -> None:
        usual = {"cases": settings.HOTSPOT_CASES, "days": settings.HOTSPOT_DAYS}
        super().__init__({**usual, **{name: value for name, value in data.items() if value}}, user=user)
        for name in ("cases", "days"):
            self.fields[name].widget.attrs.update(inputmode="numeric", size=3)

    def spots(self) -> list[hotspots.HotSpot]:
        """The spots asked for; none for values that are no choice."""
        return hotspots.find(self.user, **self.cleaned_data) if self.is_valid() else []


class SpotForm(ScopedForm):
    """Names one spot: a category at a point, or in a community."""

    point = forms.ModelChoiceField(Point.objects.all(), required=False, widget=forms.HiddenInput)
    community = forms.ModelChoiceField(Community.objects.all(), required=False, widget=forms.HiddenInput)
    category = forms.ModelChoiceField(CaseCategory.objects.all(), widget=forms.HiddenInput)
    days = forms.IntegerField(min_value=1, max_value=366, required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        if bool(asked.get("point")) == bool(asked.get("community")):
            raise ValidationError(_("Choose a hot spot from the list."), "spot")
        return asked

    def cases(self) -> QuerySet[Case]:
        """The cases that make the spot hot, each with whether it came back."""
        asked = self.cleaned_data
        days = asked["days"] or settings.HOTSPOT_DAYS
        rows = hotspots.cases_of(self.user, timezone.localdate() - timedelta(days=days - 1))
        rows = rows.filter(category=asked["category"])
        place = (
            {"point": asked["point"]} if asked["point"] else {"community": asked["community"], "point": None}
        )
        return hotspots.with_came_back(rows.filter(**place)).select_related("community", "category", "unit")


class PatrolFilter(ScopedForm, PeriodMixin):
    """Patrols of a day, in a zone, in a state."""

    day = forms.DateField(
        required=False, label=_("On"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    zone = forms.ModelChoiceField(
        Zone.objects.all(), required=False, label=_("in"), empty_label=_("all zones")
    )
    state = forms.ChoiceField(
        required=False, label=_("State"), choices=[("", _("any")), *Patrol.State.choices]
    )

    def rows(self) -> QuerySet[Patrol]:
        """The patrols asked for; without a day or period, today's."""
        rows = Patrol.objects.visible_to(self.user)
        if not self.is_valid():
            return rows.none()
        asked = self.cleaned_data
        if asked["day"]:
            rows = rows.filter(day=asked["day"])
        elif not asked["first"] and not asked["last"]:
            rows = rows.filter(day=timezone.localdate())
        if asked["zone"]:
            rows = rows.filter(zone=asked["zone"])
        if asked["state"]:
            rows = rows.filter(state=asked["state"])
        return self.within(rows, "day").select_related("plan", "zone", "community", "patroller")


class MerchantFilter(ScopedForm):
    """Shops of a community, by what their last inspection found."""

    community = forms.ModelChoiceField(
        Community.objects.all(), required=False, label=_("In"), empty_label=_("all communities")
    )
    status = forms.ChoiceField(
        required=False,
        label=_("duties"),
        choices=[("", _("any")), *FrontageInspection.Status.choices, ("none", _("not yet inspected"))],
    )
    show = forms.ChoiceField(
        required=False,
        label=_("what is to be done"),
        choices=[
            ("", _("any")),
            ("recheck", _("to be checked again")),
            ("expired", _("card expired")),
            ("pledge", _("to sign the pledge")),
            ("appeal", _("objection to decide on")),
            ("approve", _("not yet shown to the public")),
        ],
    )
    q = forms.CharField(required=False, max_length=40, label=_("Name or address"))

    def __init__(self, data: Any, *, user: Any) -> None:
        super().__init__(data, user=user)
        self.fields["q"].widget.attrs["type"] = "search"

    def rows(self) -> QuerySet[Merchant]:
        """The shops on file today, with their last inspection."""
        rows = frontage.latest_statuses(Merchant.objects.visible_to(self.user))
        if not self.is_valid():
            return rows.none()
        rows = frontage.standing(rows).select_related("community")
        asked = self.cleaned_data
        rows = self._to_do(rows, asked["show"])
        if asked["community"]:
            rows = rows.filter(community=asked["community"])
        if asked["status"] == "none":
            rows = rows.filter(latest_status=None)
        elif asked["status"]:
            rows = rows.filter(latest_status=asked["status"])
        if text := asked["q"].strip():
            rows = rows.filter(Q(name__icontains=text) | Q(address__icontains=text))
        return rows

    @staticmethod
    def _to_do(rows: QuerySet[Merchant], show: str) -> QuerySet[Merchant]:
        """The shops that wait for something to be done."""
        if show == "recheck":
            return frontage.to_recheck(rows)
        if show == "pledge":
            return frontage.to_pledge(rows)
        if show == "expired":
            return rows.filter(latest_valid_until__lte=timezone.localdate())
        if show == "appeal":
            open_ones = FrontageAppeal.objects.filter(inspection__merchant=OuterRef("pk"), decision="")
            return rows.filter(Exists(open_ones))
        return rows.filter(is_public=False) if show == "approve" else rows


class VisitFilter(ScopedForm, PeriodMixin):
    """Rounds of visits of a community."""

    community = forms.ModelChoiceField(
        Community.objects.all(), required=False, label=_("In"), empty_label=_("all communities")
    )
    kind = forms.ChoiceField(
        required=False, label=_("whom"), choices=[("", _("any")), *VisitBatch.Kind.choices]
    )

    round = forms.ModelChoiceField(
        VisitRound.objects.all(), required=False, label=_("of the round"), empty_label=_("any")
    )

    def rows(self) -> QuerySet[VisitBatch]:
        """The rounds asked for."""
        rows = VisitBatch.objects.visible_to(self.user)
        if not self.is_valid():
            return rows.none()
        for name in ("community", "kind", "round"):
            if value := self.cleaned_data[name]:
                rows = rows.filter(**{name: value})
        return self.within(rows, "day").select_related("community", "round")


class PointFilter(ScopedForm):
    """Points of a community, a zone, a type, that stand today or not."""

    community = forms.ModelChoiceField(
        Community.objects.all(), required=False, label=_("In"), empty_label=_("all communities")
    )
    zone = forms.ModelChoiceField(
        Zone.objects.all(), required=False, label=_("zone"), empty_label=_("all zones")
    )
    type = forms.ModelChoiceField(
        PointType.objects.all(), required=False, label=_("type"), empty_label=_("all types")
    )
    ended = forms.BooleanField(required=False, label=_("with those that have ended"))
    q = forms.CharField(required=False, max_length=40, label=_("Name or address"))

    def __init__(self, data: Any, *, user: Any) -> None:
        super().__init__(data, user=user)
        self.fields["q"].widget.attrs["type"] = "search"

    def rows(self) -> QuerySet[Point]:
        """The points asked for; none for values that are no choice."""
        rows = Point.objects.visible_to(self.user)
        if not self.is_valid():
            return rows.none()
        asked = self.cleaned_data
        if not asked["ended"]:
            rows = points.standing(rows)
        for name in ("community", "zone", "type"):
            if asked[name]:
                rows = rows.filter(**{name: asked[name]})
        if text := asked["q"].strip():
            rows = rows.filter(Q(name__icontains=text) | Q(address__icontains=text))
        return rows.select_related("type", "community", "zone", "unit", "keeper")
