"""The forms of this app. Each field says why it is asked."""

import datetime
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.forms import PhoneField
from accounts.models import User
from campaign.forms import OnceForm, ScopedFormMixin
from campaign.models import Appointment, Community, Unit
from campaign.roles import COMMITTEE_WIDE, MAY
from volunteers import certificates, leaders, people
from volunteers.models import (
    Activity,
    ActivityKind,
    Guardianship,
    HourEntry,
    Issuer,
    Position,
    Skill,
    Station,
    Volunteer,
    VolunteerTeam,
)

LARGEST_PAPER = 2 * 1024 * 1024  # bytes


def _consent() -> str:
    return format_html(
        '{} <a href="{}" target="_blank" rel="noopener">{}</a>',
        gettext("I am at least 14 years old and agree to the"),
        reverse_lazy("volunteers:privacy"),
        gettext("privacy notice"),
    )


def position_label(position: Position) -> str:
    """A position with what is free: 志愿者（还剩 3 个名额）."""
    if position.free:
        return gettext("%(name)s (%(free)d places free)") % {"name": _named(position), "free": position.free}
    return gettext("%(name)s (full, waiting list)") % {"name": _named(position)}


def _named(position: Position) -> str:
    needs = [position.skill.name] if position.skill else []
    if position.min_age:
        needs.append(gettext("from %(age)d years on") % {"age": position.min_age})
    return f"{position.name} · {' · '.join(needs)}" if needs else position.name


class PositionField(forms.ModelChoiceField):
    """One of the activity's positions; hidden where there is but one."""

    def label_from_instance(self, obj: Position) -> str:
        return position_label(obj)


class TickField(forms.ModelMultipleChoiceField):
    """Several rows to tick; what is no key of a row is no choice, however long."""

    def clean(self, value: Any) -> Any:
        if any(not str(one).isdecimal() or len(str(one)) > 18 for one in value or ()):
            raise ValidationError(gettext("Choose from the list."))
        return super().clean(value)


class JoinForm(forms.Form):
    """For who is registered: which position."""

    position = PositionField(
        Position.objects.none(), label=_("Position"), empty_label=None, widget=forms.RadioSelect
    )

    def __init__(
        self, *args: Any, activity: Activity, volunteer: Volunteer | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.activity = activity
        self._ask_what_positions_need(volunteer)
        field = self.fields["position"]
        field.queryset = activity.positions.all()
        positions = list(activity.positions.all())
        simplest = sorted(positions, key=lambda one: (not one.free, bool(one.skill_id or one.min_age)))
        field.initial = simplest[0].pk if simplest else None
        if len(positions) <= 1:
            field.widget = forms.HiddenInput()

    def _ask_what_positions_need(self, volunteer: Volunteer | None) -> None:
        """A skill and the year of birth only where a position asks for it and it is not known; consent if missing."""
        positions = list(self.activity.positions.all())
        wanted = Skill.objects.filter(pk__in={row.skill_id for row in positions if row.skill_id})
        if volunteer is not None:
            wanted = wanted.exclude(volunteers=volunteer)
        if wanted.exists():
            self.fields["skills"] = TickField(
                wanted,
                required=False,
                label=_("I can do this"),
                help_text=_("Some positions need it. It is kept with your data for later activities."),
                widget=forms.CheckboxSelectMultiple,
            )
        if any(row.min_age for row in positions) and (volunteer is None or volunteer.birth_year is None):
            self.fields["birth_year"] = birth_year_field()
        if volunteer is not None and not people.has_consented(volunteer):
            self.fields["consent"] = consent_field()

    def completion(self) -> dict[str, Any]:
        """What `people.complete` wants."""
        given = self.cleaned_data
        return {
            "skills": given.get("skills") or (),
            "birth_year": given.get("birth_year"),
            "consent": bool(given.get("consent")),
        }


def birth_year_field() -> forms.IntegerField:
    """The year alone: more is not needed to know whether somebody is old enough."""
    return forms.IntegerField(
        required=False,
        min_value=1900,
        max_value=2100,
        label=_("Year of birth"),
        help_text=_("Only if you choose a position with a minimum age."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "bday-year"}),
    )


def consent_field() -> forms.BooleanField:
    """The consent to the privacy notice."""
    return forms.BooleanField(
        label=lazy(_consent, str)(),
        help_text=_("Someone younger is signed up by a parent or guardian."),
        error_messages={
            "required": _("Without your consent we may not keep your data. Tick the box to go on.")
        },
    )


class SkillsForm(forms.Form):
    """What a volunteer can do, said on the own page."""

    skills = TickField(
        Skill.objects.none(),
        required=False,
        label=_("What I can do"),
        help_text=_("So that you find positions that need you. Say only what you like."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, volunteer: Volunteer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["skills"].queryset = Skill.objects.filter(committee=volunteer.committee_id)
        self.fields["birth_year"] = birth_year_field()
        self.initial = {"skills": volunteer.skills.all(), "birth_year": volunteer.birth_year}


class MyDataForm(forms.Form):
    """The own name and community, corrected."""

    name = forms.CharField(
        label=pgettext_lazy("person", "Name"),
        max_length=40,
        help_text=_("As it shall stand on your record of service."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    community = forms.ModelChoiceField(
        Community.objects.none(),
        label=_("Your community"),
        empty_label=None,
        help_text=_("So that your community knows its volunteers."),
    )

    def __init__(self, *args: Any, volunteer: Volunteer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["community"].queryset = Community.objects.filter(committee=volunteer.committee_id)
        self.initial = {"name": volunteer.name, "community": volunteer.community_id}


class ChildForm(forms.Form):
    """A child that comes with the person, and that the person agrees."""

    name = forms.CharField(
        label=_("Name of the child"),
        max_length=40,
        help_text=_("As it shall stand on the record of service."),
    )
    birth_year = forms.IntegerField(
        label=_("Year of birth"),
        min_value=1900,
        max_value=2100,
        help_text=_("Under 14 a child comes with you; some positions have a minimum age."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    relation = forms.ChoiceField(
        label=_("I am"), choices=Guardianship.Relation.choices, widget=forms.RadioSelect
    )
    agree = forms.BooleanField(
        label=_("I agree that the child serves as a volunteer, and to the privacy notice for the child."),
        error_messages={"required": _("Without your consent the child cannot take part.")},
    )

    def for_the_verb(self) -> dict[str, Any]:
        """The fields as `guardians.add_child` takes them."""
        return {name: self.cleaned_data[name] for name in ("name", "birth_year", "relation")}


class PaperConsentForm(forms.Form):
    """A guardian's consent that lies before the person on paper."""

    name = forms.CharField(label=_("Name of the guardian"), max_length=40)
    phone = PhoneField(help_text=_("To reach the guardian if something happens."))
    relation = forms.ChoiceField(
        label=_("Relation"), choices=Guardianship.Relation.choices, widget=forms.RadioSelect
    )


class EraseForm(forms.Form):
    """That the person means it."""

    sure = forms.BooleanField(
        label=_("Yes, delete my data. I know that this cannot be taken back."),
        error_messages={"required": _("Tick the box if you mean it.")},
    )


class PositionForm(forms.Form):
    """A position and what it needs."""

    name = forms.CharField(label=_("Position"), max_length=40)
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=5000)
    minimum = forms.IntegerField(
        label=_("Fewest people"),
        required=False,
        min_value=0,
        max_value=5000,
        help_text=_("With fewer people it does not work. Empty: half of the places."),
    )
    skill = forms.ModelChoiceField(
        Skill.objects.none(), label=_("Skill needed"), required=False, empty_label=_("none")
    )
    min_age = forms.IntegerField(
        label=_("Minimum age"),
        required=False,
        min_value=14,
        max_value=80,
        help_text=_("Only where the work asks for it: then the year of birth is asked."),
    )
    equipment = forms.CharField(
        label=_("Equipment"),
        required=False,
        max_length=120,
        help_text=_("What people get there, or bring: gloves, a vest, an umbrella."),
    )

    def __init__(self, *args: Any, activity: Activity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["skill"].queryset = Skill.objects.filter(committee=activity.committee_id)


class ColleaguesForm(forms.Form):
    """Who of the own teams comes, and to which position."""

    position = PositionField(Position.objects.none(), label=_("Position"), empty_label=None)
    people = TickField(Volunteer.objects.none(), label=_("Who comes"), widget=forms.CheckboxSelectMultiple)
    all_or_none = forms.BooleanField(
        required=False,
        label=_("Only if everybody gets a place"),
        help_text=_("Else as many as fit get a place and the others wait."),
    )

    def __init__(self, *args: Any, activity: Activity, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["position"].queryset = activity.positions.select_related("skill")
        self.fields["people"].queryset = people


class RegisterForm(JoinForm):
    """For who has an account but is no volunteer yet: the name and number are known."""

    community = forms.ModelChoiceField(
        Community.objects.none(),
        label=_("Your community"),
        empty_label=_("Choose"),
        help_text=_("So that your community knows its volunteers."),
    )

    def __init__(self, *args: Any, activity: Activity, **kwargs: Any) -> None:
        super().__init__(*args, activity=activity, **kwargs)
        self.fields["consent"] = consent_field()
        self.fields["community"].queryset = Community.objects.filter(committee=activity.committee_id)
        self.fields["community"].initial = activity.community_id
        self.order_fields(["position", "skills", "birth_year", "name", "phone", "community", "consent"])


class StrangerForm(RegisterForm):
    """For who is not known: name and number as well; a code goes to the number."""

    name = forms.CharField(
        label=pgettext_lazy("person", "Name"),
        max_length=40,
        help_text=_("As it shall stand on your record of service."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = PhoneField(help_text=_("We send a code there. It is used to reach you about activities only."))


class SeriesForm(forms.Form):
    """What is to be from a day on, in every activity of a series."""

    since = forms.DateField(
        label=_("From this day on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    title = forms.CharField(label=_("Title"), max_length=60)
    place = forms.CharField(label=_("Meeting place"), max_length=80)
    description = forms.CharField(
        label=_("What will be done, what to bring"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    start_time = forms.TimeField(
        label=_("starts at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    minutes = forms.IntegerField(label=_("length in minutes"), min_value=15, max_value=720)
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=5000)


class SkipForm(forms.Form):
    """A day on which a series does not take place."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    because = forms.CharField(label=_("Why not on this day"), max_length=120)


class BecauseForm(forms.Form):
    """Why an activity is called off."""

    because = forms.CharField(
        label=_("Why is it cancelled?"),
        max_length=120,
        help_text=_("All who signed up read this sentence."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReasonForm(forms.Form):
    """Why a whole telephone number must be seen."""

    reason = forms.CharField(
        label=_("Why do you need the number?"),
        max_length=200,
        help_text=_("Your name, the time and this reason are recorded, as the law on personal data asks."),
    )


class PostponeForm(forms.Form):
    """Another time for an activity."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    starts = forms.TimeField(
        label=_("starts at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(label=_("ends at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def clean_day(self) -> datetime.date:
        return within_a_year(self.cleaned_data["day"])

    def for_the_verb(self) -> tuple[datetime.datetime, datetime.datetime]:
        """Start and end; valid forms only."""
        return _span(self.cleaned_data)


class AbsenceForm(forms.Form):
    """What happened, from the volunteer; why, from the leader, who need not say why it is excused."""

    text = forms.CharField(max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, mine: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("What happened?") if mine else _("Note")


class AttendanceForm(forms.Form):
    """The leader's list: whom of those who signed up was there."""

    present = forms.TypedMultipleChoiceField(
        coerce=int, required=False, widget=forms.CheckboxSelectMultiple, label=_("Who was there")
    )

    def __init__(self, *args: Any, signups: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["present"].choices = [(signup.pk, signup.volunteer.name) for signup in signups]


class CorrectionForm(OnceForm):
    """More or fewer minutes, why, and who agrees."""

    minutes_delta = forms.IntegerField(
        label=_("Minutes more (or fewer, with a minus)"),
        min_value=-720,
        max_value=720,
        help_text=_("Such as -30."),
    )
    second = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Who agrees"),
        empty_label=_("Choose"),
        help_text=_("Hours are corrected by two people."),
    )
    note = forms.CharField(
        label=_("Why the hours are corrected"),
        max_length=200,
        help_text=_("The volunteer reads it in the record."),
    )

    def __init__(self, *args: Any, entry: HourEntry, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        near = Appointment.objects.on(timezone.localdate()).filter(
            Q(community=entry.community_id) | Q(role__in=COMMITTEE_WIDE),
            committee=entry.committee_id,
            role__in=MAY["volunteers.enter"],
        )
        self.fields["second"].queryset = User.objects.filter(
            pk__in=near.exclude(user=by).values("user"), is_active=True
        )


# --- Planning --------------------------------------------------------------------------------------
ROWS = (1, 2, 3)
FAR = timedelta(days=366)


def moment_input() -> forms.DateTimeInput:
    """A day and a time, as the browser asks for them."""
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class PlanForm(ScopedFormMixin, OnceForm):
    """One activity with up to three positions."""

    title = forms.CharField(label=pgettext_lazy("activity", "Title"), max_length=60)
    kind = forms.ModelChoiceField(
        ActivityKind.objects.all(),
        label=_("Kind"),
        empty_label=_("Choose"),
        help_text=_("By it the activity is counted."),
    )
    community = forms.ModelChoiceField(Community.objects.all(), label=_("Community"), empty_label=_("Choose"))
    place = forms.CharField(
        label=_("Meeting place"), max_length=80, help_text=_("So that a newcomer finds it without asking.")
    )
    description = forms.CharField(
        label=_("What will be done, what to bring"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    starts = forms.TimeField(
        label=_("starts at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(label=_("ends at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    sign_up_opens_at = forms.DateTimeField(
        label=_("Sign-up opens at"),
        required=False,
        help_text=_("Empty: as soon as it is published."),
        widget=moment_input(),
    )
    leaving_closes_at = forms.DateTimeField(
        label=_("Leaving closes at"),
        required=False,
        help_text=_("Later than that only the leader takes somebody off. Empty: at the start."),
        widget=moment_input(),
    )
    station = forms.ModelChoiceField(
        Station.objects.all(), label=_("Practice station"), required=False, empty_label=_("none")
    )
    team = forms.ModelChoiceField(
        VolunteerTeam.objects.all(), label=_("Team"), required=False, empty_label=_("none")
    )
    unit = forms.ModelChoiceField(
        Unit.objects.all(), label=_("Unit that helps"), required=False, empty_label=_("none")
    )
    asks_leaving = forms.BooleanField(
        label=_("Leaving is noted, too"),
        required=False,
        help_text=_("Otherwise the planned end counts for all who came."),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["community"].queryset = leaders.communities_served(user)
        served = list(self.fields["community"].queryset[:2])
        if len(served) == 1:
            self.fields["community"].initial = served[0].pk
        for number in ROWS:
            self.fields[f"position_{number}"] = forms.CharField(
                label=_("Position %(number)d") % {"number": number},
                max_length=40,
                required=number == 1,
                initial=gettext("volunteer") if number == 1 else None,
                help_text=_("What these people do, such as guiding traffic.") if number == 1 else "",
            )
            self.fields[f"places_{number}"] = forms.IntegerField(
                label=_("Places of position %(number)d") % {"number": number},
                min_value=1,
                max_value=5000,
                required=number == 1,
            )

    def clean_day(self) -> datetime.date:
        return within_a_year(self.cleaned_data["day"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for number in ROWS:
            name, places = cleaned.get(f"position_{number}"), cleaned.get(f"places_{number}")
            if bool(name) != bool(places) and not self.errors.keys() & {
                f"position_{number}",
                f"places_{number}",
            }:
                raise ValidationError(_("Give every position both a name and a number of places."))
        return cleaned

    def for_the_verb(self) -> dict[str, Any]:
        """What `activities.create` wants; valid forms only."""
        given = self.cleaned_data
        starts_at, ends_at = _span(given)
        named = (
            "community", "kind", "title", "place", "description", "station", "team", "unit", "asks_leaving",
            "form_key", "sign_up_opens_at", "leaving_closes_at",
        )  # fmt: skip
        return {
            **{name: given[name] for name in named},
            "starts_at": starts_at,
            "ends_at": ends_at,
            "positions": [
                (given[f"position_{number}"], given[f"places_{number}"])
                for number in ROWS
                if given[f"position_{number}"]
            ],
        }


def within_a_year(day: datetime.date) -> datetime.date:
    """The day, if one may plan for it; raises ValidationError for the past and what is too far off."""
    today = timezone.localdate()
    if not today <= day <= today + FAR:
        raise ValidationError(_("Choose a day from today on, within the coming year."))
    return day


def _span(given: dict[str, Any]) -> tuple[datetime.datetime, datetime.datetime]:
    starts_at, ends_at = _moment(given["day"], given["starts"]), _moment(given["day"], given["ends"])
    if ends_at <= starts_at:
        ends_at += timedelta(days=1)  # until after midnight; the verb refuses more than twelve hours
    return starts_at, ends_at


def _moment(day: datetime.date, clock: datetime.time) -> datetime.datetime:
    return datetime.datetime.combine(day, clock, tzinfo=timezone.get_current_timezone())


# --- Recognition ------------------------------------------------------------------------------------
class WhyForm(forms.Form):
    """Why something is refused, revoked or stopped."""

    note = forms.CharField(
        label=_("Why"),
        max_length=200,
        help_text=_("In a sentence; the volunteer reads it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class CertificateForm(OnceForm):
    """What a certificate is to cover, and who is to issue it."""

    first_day = forms.DateField(
        label=_("Service from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last_day = forms.DateField(
        label=_("until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    issuer = forms.ModelChoiceField(
        Issuer.objects.none(),
        label=_("Issued by"),
        empty_label=_("Choose"),
        help_text=_("Those who organised the service and kept the record may certify it."),
    )
    purpose = forms.CharField(
        label=_("What it is for"),
        max_length=60,
        required=False,
        help_text=_("Such as a school or an employer; it stands on the paper."),
    )
    document = forms.CharField(
        label=_("Number of the identity document"),
        max_length=30,
        required=False,
        help_text=_(
            "Only if the receiver asks for it. The last four signs are printed, the rest is not kept."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, volunteer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["issuer"].queryset = certificates.issuers_for(volunteer)
        today = timezone.localdate()
        self.initial.setdefault("first_day", max(volunteer.joined_on, datetime.date(today.year, 1, 1)))
        self.initial.setdefault("last_day", today)


class CheckCodeForm(forms.Form):
    """The code that stands on a certificate."""

    code = forms.CharField(
        label=_("Check code"),
        max_length=32,
        help_text=_("The 16 signs at the foot of the certificate."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class PaperForm(forms.Form):
    """A PDF to be compared with what was issued."""

    paper = forms.FileField(
        label=_("The certificate as a PDF file"),
        help_text=_("It is compared with what was issued and not kept."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
    )

    def clean_paper(self) -> Any:
        paper = self.cleaned_data["paper"]
        if paper.size > LARGEST_PAPER:
            raise ValidationError(_("A certificate is smaller than 2 MB: this is another file."))
        return paper
