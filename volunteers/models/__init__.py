from volunteers.models.activity import Activity, ActivityKind, ActivitySeries, Position, SeriesSkip
from volunteers.models.attendance import Attendance, HourEntry
from volunteers.models.certificate import Certificate, Issuer
from volunteers.models.feed import CalendarFeed
from volunteers.models.guardian import Guardianship
from volunteers.models.no_show import NoShow
from volunteers.models.party import PartyGroup, PartyMember
from volunteers.models.record import Commendation, Training
from volunteers.models.signup import Signup, SignupEvent, SignupReminder
from volunteers.models.skill import Skill
from volunteers.models.star import Star, StarLevel
from volunteers.models.station import Room, Station
from volunteers.models.team import TeamMember, VolunteerTeam
from volunteers.models.team_request import TeamRequest
from volunteers.models.volunteer import Consent, Volunteer

__all__ = [
    "Activity",
    "ActivityKind",
    "ActivitySeries",
    "Attendance",
    "CalendarFeed",
    "Certificate",
    "Commendation",
    "Consent",
    "Guardianship",
    "HourEntry",
    "Issuer",
    "NoShow",
    "PartyGroup",
    "PartyMember",
    "Position",
    "Room",
    "SeriesSkip",
    "Signup",
    "SignupEvent",
    "SignupReminder",
    "Skill",
    "Star",
    "StarLevel",
    "Station",
    "TeamMember",
    "TeamRequest",
    "Training",
    "Volunteer",
    "VolunteerTeam",
]
