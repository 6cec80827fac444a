"""The API resources of this app: (name in the address, view set)."""

from typing import Any

from volunteers.api import activities, people, recognition

RESOURCES: list[tuple[str, Any]] = [
    ("activities", activities.ActivityViewSet),
    ("activity-kinds", activities.ActivityKindViewSet),
    ("skills", activities.SkillViewSet),
    ("signups", activities.SignupViewSet),
    ("volunteers", people.VolunteerViewSet),
    ("volunteer-teams", people.VolunteerTeamViewSet),
    ("stations", people.StationViewSet),
    ("station-rooms", people.RoomViewSet),
    ("stars", recognition.StarViewSet),
    ("issuers", recognition.IssuerViewSet),
    ("certificates", recognition.CertificateViewSet),
    ("trainings", recognition.TrainingViewSet),
    ("commendations", recognition.CommendationViewSet),
    ("hours", people.HourEntryViewSet),
]
