"""The API resources of this app: (name in the address, view set)."""

from typing import Any

from campaign.api import counts, ledgers, organisation

RESOURCES: list[tuple[str, Any]] = [
    ("committees", organisation.CommitteeViewSet),
    ("teams", organisation.TeamViewSet),
    ("communities", organisation.CommunityViewSet),
    ("units", organisation.UnitViewSet),
    ("appointments", organisation.AppointmentViewSet),
    ("stages", ledgers.StageViewSet),
    ("goals", ledgers.GoalViewSet),
    ("publicity", ledgers.PublicityViewSet),
    ("sites", ledgers.SiteViewSet),
    ("works", ledgers.WorkItemViewSet),
    ("facilities", ledgers.FacilityViewSet),
    ("stories", ledgers.StoryViewSet),
    ("metrics", counts.MetricViewSet),
    ("tallies", counts.TallyViewSet),
]
