"""The filters of this app's lists: each is a form that reads as a sentence."""

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.forms import PeriodForm
from campaign.models import Committee, Community
from campaign.roles import may
from volunteers.leaders import communities_served
from volunteers.models import Activity, ActivityKind, Certificate, Skill, Star, Volunteer
from volunteers.numbers import LONGEST, Asked
from volunteers.todos import short_of_people


class ActivityFilter(forms.Form):
    """Coming activities: in a community, of a kind, with free places. `show` is for who runs activities."""

    community = forms.ModelChoiceField(
        Community.objects.none(), required=False, label=_("community"), empty_label=_("all communities")
    )
    kind = forms.ModelChoiceField(
        ActivityKind.objects.none(), required=False, label=_("kind"), empty_label=_("all kinds")
    )
    skill = forms.ModelChoiceField(
        Skill.objects.none(), required=False, label=_("what I can do"), empty_label=_("anything")
    )
    day = forms.DateField(required=False, label=_("day"), widget=forms.DateInput(attrs={"type": "date"}))
    free = forms.BooleanField(required=False, label=_("with free places"))
    need = forms.BooleanField(required=False, label=_("most needed first"))
    show = forms.ChoiceField(
        required=False,
        widget=forms.HiddenInput,
        choices=[
            ("", _("coming")),
            ("to_close", _("attendance to be confirmed")),
            ("short", _("short of volunteers")),
            ("draft", _("drafts")),
        ],
    )

    def __init__(self, data: Any, *, committee: Committee | None, user: Any) -> None:
        super().__init__(data)
        self.committee, self.user = committee, user
        # A public page: what it offers is the street's, not what the person is appointed to.
        self.fields["community"].queryset = Community.objects.filter(committee=committee)
        self.fields["kind"].queryset = ActivityKind.objects.filter(committee=committee)
        self.fields["skill"].queryset = Skill.objects.filter(committee=committee)

    @property
    def shown(self) -> str:
        """Which list is shown: the public one, or one of those who run activities."""
        return self.cleaned_data.get("show") or "" if self.is_valid() else ""

    @property
    def most_needed(self) -> bool:
        """Whether those that lack most people come first, instead of the next."""
        return self.is_valid() and self.cleaned_data["need"]

    def rows(self) -> QuerySet:
        """The activities asked for, the next first; none for values that are no choice."""
        if not self.is_valid():
            return Activity.objects.none().with_places()
        rows = self._listed().select_related("community", "kind")
        if community := self.cleaned_data["community"]:
            rows = rows.filter(community=community)
        if kind := self.cleaned_data["kind"]:
            rows = rows.filter(kind=kind)
        if skill := self.cleaned_data["skill"]:
            rows = rows.filter(Exists(skill.positions.filter(activity=OuterRef("pk"))))
        if day := self.cleaned_data["day"]:
            rows = rows.filter(day=day)
        if self.cleaned_data["need"]:
            rows = rows.filter(short__gt=0)
        return rows.filter(room__gt=0) if self.cleaned_data["free"] else rows

    def _listed(self) -> QuerySet:
        if not self.shown:
            return Activity.objects.filter(committee=self.committee).coming()
        mine = run_by(self.user)
        if self.shown == "to_close":
            return mine.to_close().with_places()
        if self.shown == "draft":
            return mine.filter(state=Activity.State.DRAFT).with_places()
        return short_of_people(mine, timezone.now())


def run_by(user: Any) -> QuerySet:
    """The activities that `user` runs: all in reach of who plans activities, else those that name the person."""
    visible = Activity.objects.visible_to(user)
    if may(user, "activities.plan"):
        return visible
    return visible.filter(Q(leader=user.pk) | Q(team__leader=user.pk))


class VolunteerFilter(forms.Form):
    """The staff's list: by name or number, in a community."""

    q = forms.CharField(required=False, max_length=40, label=_("Name or number"))
    community = forms.ModelChoiceField(
        Community.objects.none(), required=False, label=_("community"), empty_label=_("all communities")
    )

    def __init__(self, data: Any, *, user: Any) -> None:
        super().__init__(data)
        self.user = user
        self.fields["community"].queryset = Community.objects.visible_to(user)
        self.fields["q"].widget.attrs["type"] = "search"

    def rows(self) -> QuerySet:
        """The volunteers asked for within the person's scope; none for values that are no choice."""
        rows = Volunteer.objects.visible_to(self.user).select_related("community")
        if not self.is_valid():
            return rows.none()
        if community := self.cleaned_data["community"]:
            rows = rows.filter(community=community)
        if text := self.cleaned_data["q"]:
            rows = rows.filter(Q(name__icontains=text) | Q(number__istartswith=text))
        return rows


class NumbersForm(PeriodForm):
    """Of which days, in which of the communities that the person serves."""

    community = forms.ModelChoiceField(
        Community.objects.none(), required=False, label=_("community"), empty_label=_("all communities")
    )

    def __init__(self, data: Any, *, user: Any, street: Committee) -> None:
        today = timezone.localdate()
        chosen = {name: data.get(name, "") for name in ("first", "last", "community")}
        chosen["first"] = chosen["first"] or today.replace(month=1, day=1)
        chosen["last"] = chosen["last"] or today.replace(month=12, day=31)
        super().__init__(chosen)
        self.user, self.street = user, street
        self.fields["community"].queryset = communities_served(user).filter(committee=street)

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        first, last = said.get("first"), said.get("last")
        if first and last and (last - first).days >= LONGEST:
            self.add_error("last", _("At most a year at once."))
        return said

    def asked(self) -> Asked:
        """What is asked for; of a valid form alone."""
        said = self.cleaned_data
        return Asked(self.user, self.street, said["first"], said["last"], said["community"])


class CertificateFilter(forms.Form):
    """The register: in a state, of a community."""

    state = forms.ChoiceField(
        required=False, label=_("state"), choices=[("", _("all")), *Certificate.State.choices]
    )
    community = forms.ModelChoiceField(
        Community.objects.none(), required=False, label=_("community"), empty_label=_("all communities")
    )

    def __init__(self, data: Any, *, user: Any) -> None:
        super().__init__(data)
        self.user = user
        self.fields["community"].queryset = Community.objects.visible_to(user)

    def rows(self) -> QuerySet:
        """The certificates asked for within the person's scope; none for values that are no choice."""
        rows = (
            Certificate.objects.visible_to(self.user)
            .defer("pdf")
            .select_related("volunteer", "issuer", "community")
        )
        return narrowed(rows, self)


class StarFilter(CertificateFilter):
    """Star awards: in a state, of a community."""

    state = forms.ChoiceField(required=False, label=_("state"), choices=[("", _("all")), *Star.State.choices])

    def rows(self) -> QuerySet:
        """The awards asked for within the person's scope; none for values that are no choice."""
        return narrowed(Star.objects.visible_to(self.user).select_related("volunteer", "community"), self)


def narrowed(rows: QuerySet, form: forms.Form) -> QuerySet:
    """`rows` in the state and community that the filter names."""
    if not form.is_valid():
        return rows.none()
    chosen = {name: form.cleaned_data[name] for name in ("state", "community") if form.cleaned_data[name]}
    return rows.filter(**chosen)
