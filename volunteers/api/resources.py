"""The API resources of this app: (name in the address, view set)."""

from typing import Any

from volunteers.api import activities, people

RESOURCES: list[tuple[str, Any]] = [
    ("activities", activities.ActivityViewSet),
    ("activity-kinds", activities.ActivityKindViewSet),
    ("signups", activities.SignupViewSet),
    ("volunteers", people.VolunteerViewSet),
    ("volunteer-teams", people.VolunteerTeamViewSet),
    ("stations", people.StationViewSet),
    ("hours", people.HourEntryViewSet),
]
