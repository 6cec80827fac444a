from volunteers.models.activity import Activity, ActivityKind, ActivitySeries, Position
from volunteers.models.attendance import Attendance, HourEntry
from volunteers.models.party import PartyGroup, PartyMember
from volunteers.models.signup import Signup, SignupEvent
from volunteers.models.station import Station
from volunteers.models.team import TeamMember, VolunteerTeam
from volunteers.models.volunteer import Consent, Volunteer

__all__ = [
    "Activity",
    "ActivityKind",
    "ActivitySeries",
    "Attendance",
    "Consent",
    "HourEntry",
    "PartyGroup",
    "PartyMember",
    "Position",
    "Signup",
    "SignupEvent",
    "Station",
    "TeamMember",
    "Volunteer",
    "VolunteerTeam",
]
