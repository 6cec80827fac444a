"""The forms of this app. Each field says why it is asked, where that is not plain."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import PhoneField
from campaign import moments, photos, spoken
from campaign.forms import OnceForm, ScopedForm, ScopedFormMixin
from campaign.models import Committee, Community, Unit
from campaign.scoping import reach_of
from grids import cases, health, points, saved_filters
from grids.cases import bulk
from grids.models import (
    Answer,
    Case,
    CaseBatch,
    CaseCategory,
    FrontageAppeal,
    FrontageFinding,
    FrontageItem,
    Point,
    RequestContact,
    RequestType,
    SavedFilter,
    VisitBatch,
    VisitRound,
    WhistleTask,
)
from grids.models.point import LATITUDE, LONGITUDE
from grids.whistleflow import Kind, Step
from grids.workflow import Move


class PhotoField(forms.FileField):
    """A photo from a telephone; what it gives has been through `campaign.photos.accept`."""

    def __init__(self, *, camera: bool = False, **kwargs: Any) -> None:
        attrs = {"accept": "image/*", **({"capture": "environment"} if camera else {})}
        super().__init__(widget=forms.FileInput(attrs=attrs), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        sent = super().clean(data, initial)
        return photos.accept(sent) if sent else None


# --- Patrols --------------------------------------------------------------------------------------
class AnswerForm(forms.Form):
    """One standard at one point. What belongs to a "no" is always in the form and opens under it."""

    value = forms.ChoiceField(choices=Answer.Value.choices, required=False, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("What is wrong"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    photo = PhotoField(label=_("Photo"), required=False, camera=True)
    fixed_on_spot = forms.BooleanField(
        label=_("Put right on the spot"), required=False, help_text=_("Then no case is opened.")
    )
    after_photo = PhotoField(label=_("Photo of afterwards"), required=False, camera=True)
    faults = forms.IntegerField(
        label=_("In how many places"),
        required=False,
        min_value=1,
        max_value=100,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    longitude = forms.DecimalField(
        required=False, max_digits=9, decimal_places=6, validators=LONGITUDE, widget=forms.HiddenInput
    )
    latitude = forms.DecimalField(
        required=False, max_digits=9, decimal_places=6, validators=LATITUDE, widget=forms.HiddenInput
    )

    @property
    def says_something_new(self) -> bool:
        """Whether there is anything to keep; an answer that stands unchanged keeps its time."""
        return bool(self.cleaned_data.get("value")) and self.has_changed()


class SendingForm(OnceForm):
    """What a telephone tells of a form of answers: its key, when it was seen and sent by its own clock, by whom."""

    form_key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    seen_ms = forms.IntegerField(required=False, min_value=0, max_value=10**14, widget=forms.HiddenInput)
    sent_ms = forms.IntegerField(required=False, min_value=0, max_value=10**14, widget=forms.HiddenInput)
    walker = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)


class MissedForm(forms.Form):
    """Why a patrol was not walked."""

    because = forms.CharField(label=_("Why was it not walked?"), max_length=120)


# --- Cases ----------------------------------------------------------------------------------------
def units_of(committee: Committee, user: Any) -> QuerySet[Unit]:
    """The units of the street that take part today."""
    standing = Q(until=None) | Q(until__gt=timezone.localdate())
    return Unit.objects.visible_to(user).filter(standing, committee=committee).order_by("name")


NOTES = {
    "ask": (
        _("Question"),
        _("The reporter reads it with the case number. The clock stands still meanwhile."),
    ),
    "answer": (_("Answer"), _("What the reporter said, for instance on the telephone.")),
}
"""the moves whose note is more than a reason"""


class MoveForm(forms.Form):
    """Exactly what one move of a case needs, and a note for whoever reads it later."""

    note = forms.CharField(
        label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, case: Case, move: Move, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"{move.name}_%s", **kwargs)
        self.case, self.move, self.user = case, move, user
        if move.needs & {"unit", "proposed_unit"}:
            self.fields["unit"] = self._unit_field()
        if "due_at" in move.needs:
            asked = cases.applications.pending_of(case) if move.name == "extend" else None
            self.fields["due_at"] = forms.DateTimeField(
                label=_("New deadline"),
                widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
                initial=(asked and asked.until) or case.due_at,
                validators=[moments.can_be],
            )
        if "after_photo" in move.needs:
            self.fields["photo"] = PhotoField(
                label=_("Photo of afterwards"), help_text=_("Proof that it is fixed."), camera=True
            )
        if "merged_into" in move.needs:
            self.fields["merged_into"] = forms.CharField(
                label=_("Number of the other case"), max_length=20, help_text=_("The one that stays open.")
            )
        if "note" in move.needs:
            self.fields["note"].required = True
            self.fields["note"].label = _("Why")
        if move.name == "dispatch":
            self.fields["note"].help_text = _("Needed when another unit than the proposed one is chosen.")
        if move.name in NOTES:
            self.fields["note"].label, self.fields["note"].help_text = NOTES[move.name]
        self.order_fields(["unit", "due_at", "merged_into", "photo", "note"])

    def _unit_field(self) -> forms.ModelChoiceField:
        units = units_of(self.case.committee, self.user)
        if "proposed_unit" in self.move.needs:
            return forms.ModelChoiceField(
                units.exclude(pk=self.case.unit_id), label=_("Whose is it?"), empty_label=_("Choose")
            )
        proposed = cases.proposal_for(self.case)
        return forms.ModelChoiceField(
            units,
            label=_("Responsible unit"),
            empty_label=_("Choose"),
            initial=proposed.unit.pk if proposed else None,
            help_text=_("Proposed: %(because)s") % {"because": proposed.because} if proposed else "",
        )

    def clean_merged_into(self) -> Case:
        code = spoken.heard(self.cleaned_data["merged_into"])
        found = Case.objects.visible_to(self.user).filter(code=code, committee=self.case.committee_id).first()
        if found is None:
            raise ValidationError(_("There is no case with this number."), "unknown")
        return found


class CaseEntryForm(ScopedFormMixin, OnceForm):
    """What the office puts on file for others: a call, a letter, somebody at the counter."""

    SOURCES = (Case.Source.OFFICE, Case.Source.HOTLINE, Case.Source.SURVEY)

    source = forms.ChoiceField(
        label=_("How did it come?"),
        choices=[(one.value, one.label) for one in SOURCES],
        initial=Case.Source.OFFICE,
        widget=forms.RadioSelect,
    )
    external_number = forms.CharField(
        label=_("Order number at the source"),
        max_length=40,
        required=False,
        help_text=_("Such as the hotline's own order number: the same order is one case."),
    )
    category = forms.ModelChoiceField(
        CaseCategory.objects.all(), label=_("What is it about?"), empty_label=_("Choose")
    )
    community = forms.ModelChoiceField(
        Community.objects.all(), label=_("In which community?"), empty_label=_("Choose")
    )
    point = forms.ModelChoiceField(
        Point.objects.all(), label=_("At which point"), required=False, empty_label=_("at none of the list")
    )
    address = forms.CharField(
        label=_("Where exactly?"),
        max_length=120,
        required=False,
        help_text=_("Street and number, or what stands beside it."),
    )
    description = forms.CharField(
        label=_("What is wrong?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    photo = PhotoField(label=_("Photo"), required=False)
    reporter_phone = PhoneField(
        label=_("Mobile number of who reported it"),
        required=False,
        help_text=_("Only to call back and to say when it is done. It is shown masked."),
    )

    def __init__(self, *args: Any, user: Any, street: Committee, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        today = timezone.localdate()
        for name in ("category", "community", "point"):
            field = self.fields[name]
            field.queryset = field.queryset.filter(committee=street)
        category, point = self.fields["category"], self.fields["point"]
        category.queryset = category.queryset.in_force(today)
        standing = Q(until=None) | Q(until__gt=today)
        point.queryset = (
            point.queryset.filter(standing).select_related("community").order_by("community", "name")
        )
        places = communities_entered_for(user).filter(committee=street)
        led = Community.objects.filter(zones__leader=user, committee=street)
        own = Community.objects.filter(Q(pk__in=places.values("pk")) | Q(pk__in=led.values("pk")))
        self.fields["community"].queryset = own.order_by("order", "pk")


class ChoiceForm(forms.Form):
    """Which cases of the list were chosen: those that are ticked, or all that its filters found."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)
    query = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)


class BatchForm(forms.Form):
    """What is to be done with all the cases that were chosen."""

    move = forms.ChoiceField(label=_("What is to be done"), choices=[])
    unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_("Responsible unit"),
        required=False,
        empty_label=_("each to whom it belongs by category and place"),
    )
    due_at = forms.DateTimeField(
        label=_("New deadline"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        validators=[moments.can_be],
        help_text=_("Only for an extension."),
    )
    merged_into = forms.CharField(
        label=_("Number of the other case"),
        required=False,
        max_length=24,
        help_text=_("Only for merging: the one that stays open."),
    )
    note = forms.CharField(
        label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, batch: CaseBatch, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batch, self.user = batch, user
        self.fields["move"].choices = [("", _("Choose")), *((one.name, one.title) for one in bulk.moves())]
        self.fields["unit"].queryset = units_of(batch.committee, user)
        if not self.is_bound:
            self.initial.update(move=batch.move, unit=batch.unit_id, due_at=batch.due_at, note=batch.note)
            self.initial["merged_into"] = batch.merged_into.code if batch.merged_into else ""

    def clean_merged_into(self) -> Case | None:
        code = spoken.heard(self.cleaned_data["merged_into"])
        if not code:
            return None
        seen = Case.objects.visible_to(self.user).filter(committee=self.batch.committee_id)
        if (found := seen.filter(code=code).first()) is None:
            raise ValidationError(_("There is no case with this number."), "unknown")
        return found


class SavedFilterForm(forms.Form):
    """A name for the filters that are set, and who else may use them."""

    query = forms.CharField(max_length=2000, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Name of the filter"),
        max_length=30,
        help_text=_("Such as: overdue with the squad, this month."),
    )
    shared = forms.ChoiceField(
        label=_("Who may use it"), choices=SavedFilter.Shared.choices, widget=forms.RadioSelect
    )
    community = forms.ModelChoiceField(
        Community.objects.none(), label=_("Community"), required=False, empty_label=_("Choose")
    )

    def __init__(self, *args: Any, user: Any, street: Committee, query: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [place.pk for place in saved_filters.places_of(user, street)]
        whole = saved_filters.may_share(user, SavedFilter.Shared.COMMITTEE, street, None)
        offered = {
            SavedFilter.Shared.NOBODY: True,
            SavedFilter.Shared.COMMUNITY: places,
            SavedFilter.Shared.COMMITTEE: whole,
        }
        self.fields["shared"].choices = [(one.value, one.label) for one in offered if offered[one]]
        self.fields["community"].queryset = Community.objects.filter(pk__in=places)
        if len(places) < 2:
            self.fields["community"].widget = forms.HiddenInput()
        self.initial.update(query=query, shared="nobody", community=places[0] if len(places) == 1 else None)


class NoteForm(OnceForm):
    """A line beside a case, with a photo of how the work goes on if there is one."""

    text = forms.CharField(label=_("Note"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    photo = PhotoField(label=_("Photo"), required=False)
    public = forms.BooleanField(
        label=_("Show it to the reporter"),
        required=False,
        help_text=_("On the page where the report is followed. No names, no numbers."),
    )

    def __init__(self, *args: Any, case: Case, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="note_%s", **kwargs)
        if not cases.may_answer(case, user):
            del self.fields["public"]
        if not case.is_open:
            del self.fields["photo"]


class FollowForm(forms.Form):
    """The number that was given with a report."""

    code = forms.CharField(
        label=_("Case number"),
        max_length=24,
        help_text=_("The 12 signs that you were given when you reported."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class ReplyForm(forms.Form):
    """The reporter's answer to a question."""

    answer = forms.CharField(
        label=_("Your answer"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Please write no names and no numbers of other people."),
    )  # fmt: skip


class ReportForm(OnceForm):
    """A resident's report: no account, no script, one page. What must be asked, and no more."""

    category = forms.ModelChoiceField(
        CaseCategory.objects.none(), label=_("What is it about?"), empty_label=_("Choose")
    )
    community = forms.ModelChoiceField(
        Community.objects.none(), label=_("In which community?"), empty_label=_("Choose")
    )
    address = forms.CharField(
        label=_("Where exactly?"),
        max_length=120,
        help_text=_("Street and number, or what stands beside it."),
    )
    description = forms.CharField(
        label=_("What is wrong?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    photo = PhotoField(
        label=_("Photo"), required=False, help_text=_("Helps to find it. Please show no faces.")
    )
    reporter_phone = PhoneField(
        label=_("Your mobile number"),
        required=False,
        help_text=_("Only to tell you when it is done, or to ask back. It is shown to nobody else."),
    )
    longitude = forms.DecimalField(
        required=False, max_digits=9, decimal_places=6, validators=LONGITUDE, widget=forms.HiddenInput
    )
    latitude = forms.DecimalField(
        required=False, max_digits=9, decimal_places=6, validators=LATITUDE, widget=forms.HiddenInput
    )

    point = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, *args: Any, street: Committee, plate: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.street = street
        if not self.is_bound and (point := self._standing(plate)):
            said = {"point": plate, "community": point.community_id, "address": point.address or point.name}
            self.initial.update(said)
        # A public page: what it offers is the street's, not what the person is appointed to.
        self.fields["community"].queryset = Community.objects.filter(committee=street)
        self.fields["category"].queryset = CaseCategory.objects.in_force().filter(
            committee=street, public=True
        )

    def _standing(self, plate: str) -> Point | None:
        """The point whose plate was scanned; None for a plate that hangs nowhere any more."""
        rows = points.standing(Point.objects.filter(committee=self.street, plate=plate)) if plate else []
        return next(iter(rows), None)

    def clean_point(self) -> Point | None:
        return self._standing(self.cleaned_data["point"])

    def clean(self) -> dict[str, Any]:
        # Who scans a plate and then names another community speaks of another place.
        point, place = self.cleaned_data.get("point"), self.cleaned_data.get("community")
        if point and point.community != place:
            self.cleaned_data["point"] = None
        # People do not see the field "website"; programs fill in whatever there is.
        if self.data.get("website"):
            raise ValidationError(_("Leave the last field empty."), "trap")
        return super().clean() or self.cleaned_data


# --- Whistles -------------------------------------------------------------------------------------
class RowsField(forms.ModelMultipleChoiceField):
    """Several rows; a key that no database can hold is no choice."""

    def clean(self, value: Any) -> Any:
        keys = [str(key) for key in value or ()]
        if bad := next((key for key in keys if not (key.isdecimal() and len(key) <= 18)), ""):
            raise ValidationError(
                self.error_messages["invalid_pk_value"], "invalid_pk_value", {"pk": bad[:20]}
            )
        return super().clean(value)


class BlowForm(ScopedFormMixin, OnceForm):
    """Which units are called, to what. From a case, the place is the case's."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=Kind.choices, widget=forms.RadioSelect, initial=Kind.DAILY
    )
    title = forms.CharField(label=_("Subject of the whistle"), max_length=60)
    description = forms.CharField(
        label=_("What should the units do?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    community = forms.ModelChoiceField(
        Community.objects.all(), label=_("Community"), required=False, empty_label=_("the whole street")
    )
    address = forms.CharField(label=_("Where exactly?"), max_length=120, required=False)
    lead = forms.ModelChoiceField(
        Unit.objects.all(),
        label=_("Lead unit"),
        empty_label=_("Choose"),
        help_text=_("It reports last, for all."),
    )
    helpers = RowsField(
        Unit.objects.all(), label=_("Helping units"), required=False, help_text=_("At most 12.")
    )

    def __init__(self, *args: Any, user: Any, committee: Committee, case: Case | None, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        for name in ("lead", "helpers"):
            self.fields[name].queryset = units_of(committee, user)
        self.fields["helpers"].widget.attrs["size"] = 6
        if case is not None:
            del self.fields["community"], self.fields["address"]
            self.initial.setdefault("title", case.category.name)
            self.initial.setdefault("lead", case.unit_id)
            return
        places = communities_entered_for(user).filter(committee=committee)
        self.fields["community"].queryset = places
        if committee.pk not in reach_of(user).committees and not reach_of(user).everything:
            self.fields["community"].required = True
            self.fields["community"].empty_label = None


class StepForm(forms.Form):
    """Exactly what one step of a whistle or of a unit's task needs."""

    note = forms.CharField(
        label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    ASKED = {
        "report": _("What was done, and what came of it?"),
        "refuse": _("Why is it not yours?"),
        "decline": _("Why is it not yours?"),
    }

    def __init__(self, *args: Any, step: Step, units: QuerySet[Unit], prefix_id: str, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"{prefix_id}_{step.name}_%s", **kwargs)
        self.step = step
        if step.name in ("sign", "accept", "approve", "withdraw", "close", "arrive"):
            del self.fields["note"]
        elif "note" in step.needs:
            self.fields["note"].required = True
            self.fields["note"].label = self.ASKED.get(step.name, _("Why"))
        if "unit" in step.needs:
            proposes = step.name in ("refuse", "decline")
            self.fields["unit"] = forms.ModelChoiceField(
                units, label=_("Who should do it?") if proposes else _("Unit"), empty_label=_("Choose")
            )
        if "person" in step.needs:
            self.fields["person"] = forms.CharField(
                label=_("Who is there?"), max_length=40, help_text=_("Name and post, as for the record.")
            )
        if "rating" in step.needs:
            self.fields["rating"] = forms.ChoiceField(
                label=_("How satisfied is the street?"), choices=WhistleTask.Rating.choices,
                widget=forms.RadioSelect,
            )  # fmt: skip
        if step.name in ("arrive", "report"):
            self.fields["photo"] = PhotoField(label=_("Photo"), required=False, camera=True)
        self.order_fields(["unit", "person", "rating", "photo", "note"])


# --- Requests and call-backs ----------------------------------------------------------------------
class ContactForm(OnceForm):
    """What came of one call to a reporter."""

    outcome = forms.ChoiceField(
        label=_("What came of the call?"), choices=RequestContact.Outcome.choices, widget=forms.RadioSelect
    )
    solved = forms.ChoiceField(
        label=_("Is it solved, in the reporter's words?"), choices=RequestContact.Solved.choices, required=False,
        widget=forms.RadioSelect, help_text=_("Only if the reporter was reached."),
    )  # fmt: skip
    satisfied = forms.ChoiceField(
        label=_("How satisfied is the reporter?"), choices=RequestContact.Satisfied.choices, required=False,
        widget=forms.RadioSelect, help_text=_("Who is not satisfied has the case reopened."),
    )  # fmt: skip
    note = forms.CharField(
        label=_("What was said"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, purpose: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if purpose != RequestContact.Purpose.CALLBACK:
            del self.fields["solved"], self.fields["satisfied"]


class RetypeForm(ScopedForm):
    """Another type for a request."""

    type = forms.ModelChoiceField(RequestType.objects.all(), label=_("Type of request"), empty_label=None)

    def __init__(self, *args: Any, committee: Committee, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].queryset = self.fields["type"].queryset.filter(committee=committee)


# --- Frontage and visits --------------------------------------------------------------------------
class FrontageCheckForm(OnceForm):
    """The items in force at a shop's door, each with its answer."""

    note = forms.CharField(label=_("Note"), max_length=200, required=False)
    rectify_by = forms.DateField(
        label=_("To be put right by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Only if the duties are not fulfilled. Empty: as the standard says."),
        validators=[moments.can_be],
    )

    def __init__(self, *args: Any, items: list[FrontageItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        choices = [("yes", ""), *FrontageFinding.Value.choices]
        for item in items:
            self.fields[f"item{item.pk}"] = forms.ChoiceField(
                label=item.text, choices=choices, required=False, widget=forms.RadioSelect
            )

    def for_the_verb(self) -> dict[str, Any]:
        """The fields as `frontage.inspect` takes them."""
        said = {item.pk: self.cleaned_data[f"item{item.pk}"] for item in self.items}
        others = {name: self.cleaned_data[name] for name in ("note", "rectify_by", "form_key")}
        return {"answers": {key: value for key, value in said.items() if value}, **others}


class PledgeForm(forms.Form):
    """The day on which a shop signed."""

    signed_on = forms.DateField(
        label=_("Signed on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[moments.can_be],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("signed_on", timezone.localdate())


class WithdrawForm(forms.Form):
    """Why the public sees a shop no longer."""

    because = forms.CharField(label=_("Why"), max_length=200)


class AppealForm(forms.Form):
    """What a shop objects to, in its own words."""

    text = forms.CharField(
        label=_("What the shop says"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class DecisionForm(forms.Form):
    """Whether an objection is upheld, and why."""

    decision = forms.ChoiceField(
        label=_("Decision"), choices=FrontageAppeal.Decision.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class ReasonForm(forms.Form):
    """Why a masked number is looked at."""

    reason = forms.CharField(
        label=_("Why do you need the number?"), max_length=200, help_text=_("It is kept with your name.")
    )


class MonthForm(ScopedForm):
    """Which month of which community, and for whom the list is."""

    month = forms.CharField(
        label=_("Month"), required=False, max_length=7, widget=forms.TextInput(attrs={"type": "month"})
    )
    community = forms.ModelChoiceField(
        Community.objects.all(), required=False, label=_("In"), empty_label=_("all communities")
    )
    posted = forms.BooleanField(label=_("only shops whose card is public"), required=False)

    def clean_month(self) -> datetime.date:
        """The first day of the month; this month when none was named."""
        text = self.cleaned_data["month"] or timezone.localdate().strftime("%Y-%m")
        try:
            first = datetime.datetime.strptime(text, "%Y-%m").date()
        except ValueError as wrong:
            raise ValidationError(_("Write the month as 2020-11."), "month") from wrong
        moments.can_be(first)
        return first


def communities_entered_for(user: Any) -> QuerySet[Community]:
    """Where `user` may enter counts: the street's communities for an official, else the own."""
    reach, visible = reach_of(user), Community.objects.visible_to(user)
    if reach.everything:
        return visible
    return visible.filter(Q(committee__in=reach.committees) | Q(pk__in=reach.communities))


class VisitForm(OnceForm):
    """A day's round: how many, never who."""

    community = forms.ModelChoiceField(
        Community.objects.none(), label=_("Community"), empty_label=_("Choose")
    )
    kind = forms.ChoiceField(label=_("Whom"), choices=VisitBatch.Kind.choices, widget=forms.RadioSelect)
    day = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[moments.can_be],
    )
    visits = forms.IntegerField(
        label=_("How many visits"),
        min_value=1,
        max_value=100_000,
        help_text=_("Doors at which somebody was spoken to. No names, nobody's health."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    persons = forms.IntegerField(
        label=_("How many different persons or firms"),
        required=False,
        min_value=1,
        max_value=100_000,
        help_text=_("Each counted once. Leave it empty if nobody counted them apart."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    round = forms.ModelChoiceField(
        VisitRound.objects.none(),
        label=_("Of which round"),
        required=False,
        empty_label=_("outside any round"),
    )
    place = forms.CharField(label=_("Where"), max_length=80, required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="enter_%s", **kwargs)
        places = communities_entered_for(user).select_related("committee")
        self.fields["community"].queryset = places
        self.fields["round"].queryset = VisitRound.objects.visible_to(user)
        if not self.is_bound:
            self.initial["day"] = timezone.localdate()
            served = list(places[:2])
            if len(served) == 1:
                self.initial["community"] = served[0].pk


# --- Special actions ------------------------------------------------------------------------------------
class HealthForm(OnceForm):
    """Where and when a special action's list was gone through."""

    community = forms.ModelChoiceField(
        Community.objects.none(), label=_("Community"), empty_label=_("Choose")
    )
    point = forms.ModelChoiceField(
        Point.objects.none(), label=_("Point"), required=False, empty_label=_("the community as a whole")
    )
    day = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[moments.can_be],
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, user: Any, committee: Committee, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = health.communities_checked_by(user).filter(committee=committee)
        self.fields["community"].queryset = places
        here = points.standing(Point.objects.visible_to(user)).filter(community__in=places)
        self.fields["point"].queryset = here.order_by("community", "name")
        if not self.is_bound:
            self.initial["day"] = timezone.localdate()


class SeenForm(forms.Form):
    """One standard of a special action."""

    value = forms.ChoiceField(choices=Answer.Value.choices, widget=forms.RadioSelect)
    faults = forms.IntegerField(
        label=_("In how many places"), min_value=1, max_value=100, required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    note = forms.CharField(label=_("What is wrong"), max_length=200, required=False)
    opens_case = forms.BooleanField(label=_("Put it on file as a case"), required=False)

    def seen(self) -> health.Seen:
        """What the person said, as the verb takes it."""
        said = self.cleaned_data
        return health.Seen(said["value"], said["faults"] or 1, said["note"], said["opens_case"])
