"""What is counted of volunteers. A head-count (人) is a stock of registrations, taking part is 人次."""

from collections.abc import Iterable, Mapping

from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaign.registry import Metric, register
from volunteers.models import Activity, ActivityKind, Attendance, HourEntry, Signup, TeamMember, VolunteerTeam


def kind_names(codes: Iterable[str]) -> Mapping[str, str]:
    """The name of every activity kind, by the code under which it is counted."""
    return dict(ActivityKind.objects.filter(code__in=list(codes)).values_list("code", "name"))


def reason_names(codes: Iterable[str]) -> Mapping[str, object]:
    """Served or corrected."""
    return dict(HourEntry.Reason.choices)


def purpose_names(codes: Iterable[str]) -> Mapping[str, object]:
    """What volunteer teams are for."""
    return dict(VolunteerTeam.Purpose.choices)


def capacity_names(codes: Iterable[str]) -> Mapping[str, object]:
    """As what members of teams take part."""
    return dict(TeamMember.Capacity.choices)


register(
    Metric(
        key="volunteers.registered",
        title=_("Registered volunteers"),
        unit=pgettext_lazy("unit", "persons"),
        definition=_(
            "Volunteers registered with the street and not left, each person once, "
            "by the community of registration."
        ),
        facts="volunteers.Volunteer",
        day="joined_on",
        stock=True,
        ends="left_on",
        public=True,
    ),
    Metric(
        key="volunteers.joined",
        title=_("New volunteers"),
        unit=pgettext_lazy("unit", "persons"),
        definition=_(
            "Volunteers on the day on which they registered, by the community of registration; "
            "who left since then counts too."
        ),
        facts="volunteers.Volunteer",
        day="joined_on",
    ),
    Metric(
        key="volunteers.activities_held",
        title=_("Volunteer activities held"),
        unit=pgettext_lazy("unit", "activities"),
        definition=_(
            "Activities that were held and closed by their leader, on the day they began. "
            "Planned and cancelled ones do not count."
        ),
        facts="volunteers.Activity",
        day="day",
        where=Q(state=Activity.State.HELD),
        slice="kind__code",
        labels=kind_names,
        public=True,
    ),
    Metric(
        key="volunteers.signups",
        title=_("Sign-ups"),
        unit=pgettext_lazy("unit", "person-times"),
        definition=_(
            "Places taken at activities, on the activity's day. "
            "The waiting list, and who gave the place up, do not count."
        ),
        facts="volunteers.Signup",
        day="day",
        committee="activity__committee",
        community="activity__community",
        where=Q(state=Signup.State.CONFIRMED),
    ),
    Metric(
        key="volunteers.attendances",
        title=_("Volunteers who took part"),
        unit=pgettext_lazy("unit", "person-times"),
        definition=_(
            "Volunteers whose presence at an activity was confirmed by its leader. "
            "Who took part in two activities counts twice."
        ),
        facts="volunteers.Attendance",
        day="day",
        committee="signup__activity__committee",
        community="signup__activity__community",
        where=~Q(came_by=Attendance.CameBy.PRINTED, confirmed_by=None),
        public=True,
    ),
    Metric(
        key="volunteers.service_minutes",
        title=_("Time served"),
        unit=pgettext_lazy("unit", "minutes"),
        definition=_(
            "Minutes of the hour ledger on the day of service: confirmed presence within the planned time, "
            "without travel, corrections included."
        ),
        facts="volunteers.HourEntry",
        day="day",
        value=Sum("minutes"),
        slice="reason",
        labels=reason_names,
        public=True,
    ),
    Metric(
        key="volunteers.party_members",
        title=_("Party members reported in"),
        unit=pgettext_lazy("unit", "persons"),
        definition=_(
            "In-service party members who reported in at a community and have not withdrawn, "
            "each person once."
        ),
        facts="volunteers.PartyMember",
        day="reported_on",
        stock=True,
        ends="withdrawn_on",
        public=True,
    ),
    Metric(
        key="volunteers.party_groups",
        title=_("Party members' groups"),
        unit=pgettext_lazy("unit", "groups"),
        definition=_("Groups into which the reported-in party members of the street are divided."),
        facts="volunteers.PartyGroup",
        day="since",
        community="",
        stock=True,
        public=True,
    ),
    Metric(
        key="volunteers.stations",
        title=_("Practice stations"),
        unit=pgettext_lazy("unit", "stations"),
        definition=_(
            "Civilisation practice stations of the new era that are open: "
            "the street's centre and the communities' stations."
        ),
        facts="volunteers.Station",
        day="opened_on",
        stock=True,
        ends="closed_on",
        public=True,
    ),
    Metric(
        key="volunteers.teams",
        title=_("Volunteer teams"),
        unit=pgettext_lazy("unit", "teams"),
        definition=_("Volunteer teams formed and not disbanded, those of communities and of units alike."),
        facts="volunteers.VolunteerTeam",
        day="formed_on",
        stock=True,
        ends="disbanded_on",
        slice="purpose",
        labels=purpose_names,
        public=True,
    ),
    Metric(
        key="volunteers.teams_epidemic",
        title=_("Epidemic-control volunteer teams"),
        unit=pgettext_lazy("unit", "teams"),
        definition=_("Volunteer teams formed for epidemic control and not disbanded."),
        facts="volunteers.VolunteerTeam",
        day="formed_on",
        stock=True,
        ends="disbanded_on",
        where=Q(purpose=VolunteerTeam.Purpose.EPIDEMIC),
        public=True,
    ),
    Metric(
        key="volunteers.residents_taking_part",
        title=_("Residents taking part"),
        unit=pgettext_lazy("unit", "persons"),
        definition=_("Residents who are members of a volunteer team; who is in two teams counts in each."),
        facts="volunteers.TeamMember",
        day="joined_on",
        committee="team__committee",
        community="team__community",
        stock=True,
        ends="left_on",
        where=Q(capacity=TeamMember.Capacity.RESIDENT),
        public=True,
    ),
    Metric(
        key="volunteers.property_taking_part",
        title=_("Property-company staff taking part"),
        unit=pgettext_lazy("unit", "persons"),
        definition=_(
            "People of property companies who are members of a volunteer team; "
            "who is in two teams counts in each."
        ),
        facts="volunteers.TeamMember",
        day="joined_on",
        committee="team__committee",
        community="team__community",
        stock=True,
        ends="left_on",
        where=Q(capacity=TeamMember.Capacity.PROPERTY),
        public=True,
    ),
)
