"""Forms whose choices are scoped as the pages are."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.http import Http404
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from campaign import organisation
from campaign.errors import Refused
from campaign.models import Committee, Community, PublicityEntry, Team, Unit
from campaign.registry import Metric
from campaign.scoping import ScopedModel


class ScopedFormMixin:
    """Narrows every drop-down to the rows that `user` may see: an id of another community is not a choice."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and issubclass(field.queryset.model, ScopedModel):
                field.queryset = field.queryset.visible_to(user)


class PlainSelect(forms.Select):
    """A drop-down drawn at once. Django draws every option by two templates, and the filters of a list have
    hundreds: that was a third of the list's time."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        context = self.get_context(name, value, attrs)["widget"]
        options = [option for _group, group, _index in context["optgroups"] for option in group]
        drawn = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            (
                (option["value"], mark_safe(" selected") if option["selected"] else "", option["label"])
                for option in options
            ),
        )
        return format_html('<select name="{}"{}>{}</select>', name, flatatt(context["attrs"]), drawn)


class ScopedForm(ScopedFormMixin, forms.Form):
    """A plain form with scoped choices."""


class ScopedModelForm(ScopedFormMixin, forms.ModelForm):
    """A model form with scoped choices."""


class OnceForm(forms.Form):
    """A form that bears a key of its own, so that sending it twice is sending it once (campaign.once)."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial.setdefault("form_key", uuid.uuid4())


class WorkbookForm(forms.Form):
    """A workbook to be taken in, first on trial if the person wishes."""

    file = forms.FileField(
        label=_("Workbook (.xlsx)"),
        help_text=_("All rows are taken in, or none. The same file twice changes nothing."),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )


def refuse(form: forms.BaseForm, failure: Refused | ValidationError) -> int:
    """Put a verb's no on the form, with all that was typed; returns the status of the answer."""
    if isinstance(failure, Refused):
        form.add_error(None, str(failure))
        return 409
    told = failure.error_dict if hasattr(failure, "error_dict") else {"": failure.error_list}
    for name, errors in told.items():
        form.add_error(name if name in form.fields else None, errors)
    return 400


# --- The dashboard's and the figure's choices ---------------------------------------------------------
@dataclass(frozen=True)
class Chosen:
    """What the reader of a dashboard chose; None where all, or nothing, is shown."""

    community: Community | None
    metric: Metric | None
    year: int


class DashboardForm(forms.Form):
    """Which community, and what the chart shows of which year. A community of others does not exist (404)."""

    community = forms.ChoiceField(label=_("Community"), required=False)
    chart = forms.ChoiceField(label=_("Chart"), required=False)
    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=0)

    def __init__(
        self, *args: Any, places: list[Community], charted: list[Metric], today: datetime.date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._places = {str(place.pk): place for place in places}
        self._charted = {metric.key: metric for metric in charted}
        self._today = today
        self.fields["community"].choices = [
            ("", _("Whole street")),
            *((key, place.name) for key, place in self._places.items()),
        ]
        if len(places) <= 1:
            del self.fields["community"]
        self.fields["chart"].choices = [(metric.key, metric.title) for metric in charted]
        self.fields["year"].choices = [(year, str(year)) for year in range(today.year, today.year - 8, -1)]
        self.fields["year"].initial = today.year
        self.initial.setdefault("chart", next(iter(self._charted), ""))

    def chosen(self) -> Chosen:
        """Raises Http404 for a community that the reader does not have, or a chart that nobody draws."""
        place = self.data.get("community", "")
        metric = self.data.get("chart", "") or self.initial["chart"]
        if (place and place not in self._places) or (metric and metric not in self._charted):
            raise Http404
        year = self.data.get("year", "")
        return Chosen(
            community=self._places.get(place),
            metric=self._charted.get(metric),
            year=int(year)
            if year.isascii() and year.isdigit() and 1950 <= int(year[:5]) <= 2200
            else self._today.year,
        )


class PeriodForm(forms.Form):
    """From which day until which; a stretch that runs backwards is refused."""

    first = forms.DateField(
        label=_("From"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    last = forms.DateField(
        label=_("Until"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        first, last = said.get("first"), said.get("last")
        for name, day in (("first", first), ("last", last)):
            if day and not 1950 <= day.year <= 2200:
                self.add_error(name, _("Choose a day between 1950 and 2200."))
        if first and last and first > last:
            self.add_error("last", _("It must not lie before the first day."))
        return said


# --- Entering publicity -------------------------------------------------------------------------------
class EntryForm(OnceForm):
    """One line of publicity, in seconds on a phone. What is offered is what the person may write for."""

    community = forms.ModelChoiceField(
        Community.objects.none(), label=_("Community"), empty_label=None, help_text=_("Where it was done.")
    )
    kind = forms.ChoiceField(
        label=_("What was done"), choices=PublicityEntry.Kind.choices, widget=forms.RadioSelect
    )
    quantity = forms.IntegerField(
        label=_("How many"),
        min_value=1,
        max_value=1_000_000,
        help_text=_("Copies, pieces, showings or times."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    day = forms.DateField(
        label=_("On which day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("It counts on this day in every ledger and report: nothing has to be reported twice."),
    )
    items = forms.IntegerField(
        label=_("Different videos"),
        required=False,
        min_value=1,
        max_value=10_000,
        help_text=_("Videos alone: how many different ones were shown."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    team = forms.ModelChoiceField(
        Team.objects.none(), label=_("By which team"), required=False, empty_label=_("No team")
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("By which unit"), required=False, empty_label=_("No unit")
    )
    place = forms.CharField(
        label=_("Place"), max_length=80, required=False, help_text=_("Such as a square, a gate, a courtyard.")
    )

    def __init__(self, *args: Any, user: Any, street: Committee, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = organisation.communities_run_by(user).filter(committee=street)
        units = organisation.units_spoken_for_by(user).filter(committee=street)
        self.fields["community"].queryset = places
        self.fields["team"].queryset = Team.objects.visible_to(user).filter(committee=street)
        self.fields["unit"].queryset = units.order_by("name")
        only = list(places[:2])
        if len(only) == 1:
            self.fields["community"].initial = only[0].pk
            self.fields["community"].widget = forms.HiddenInput()

    def for_the_verb(self) -> dict[str, Any]:
        """The fields as `campaign.publicity.enter` takes them."""
        return dict(self.cleaned_data)


# --- How a person wishes to be told --------------------------------------------------------------------
class WishForm(forms.Form):
    """By which ways; e-mail is offered where the installation can write any."""

    by_sms = forms.BooleanField(
        label=_("Text messages"), required=False, help_text=_("Reminders and changes, to your own number.")
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        max_length=200,
        help_text=_("Used for these messages alone."),
    )
    by_email = forms.BooleanField(label=_("Each message by e-mail"), required=False)
    digest = forms.BooleanField(label=_("What is unread, once a day by e-mail"), required=False)

    def __init__(self, *args: Any, mail: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not mail:
            for name in ("email", "by_email", "digest"):
                del self.fields[name]
