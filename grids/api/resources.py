"""The API resources of this app: (name in the address, view set)."""

from typing import Any

from grids.api import (
    batches,
    cases,
    clocks,
    frontage,
    health,
    patrols,
    plans,
    points,
    requests,
    visits,
    whistles,
    zones,
)

RESOURCES: list[tuple[str, Any]] = [
    ("zones", zones.ZoneViewSet),
    ("points", points.PointViewSet),
    ("point-types", points.PointTypeViewSet),
    ("checklists", points.ChecklistViewSet),
    ("patrols", patrols.PatrolViewSet),
    ("patrol-plans", plans.PlanViewSet),
    ("handovers", plans.HandoverViewSet),
    ("cross-checks", plans.CrossCheckViewSet),
    ("case-categories", cases.CaseCategoryViewSet),
    ("cases", cases.CaseViewSet),
    ("case-batches", batches.BatchViewSet),
    ("case-filters", batches.SavedFilterViewSet),
    ("ladder", clocks.LadderRungViewSet),
    ("reminders", clocks.ReminderViewSet),
    ("case-notes", cases.CaseNoteViewSet),
    ("case-applications", cases.CaseApplicationViewSet),
    ("rechecks", cases.RecheckViewSet),
    ("merchants", frontage.MerchantViewSet),
    ("frontage-items", frontage.FrontageItemViewSet),
    ("whistles", whistles.WhistleViewSet),
    ("whistle-tasks", whistles.WhistleTaskViewSet),
    ("request-types", requests.RequestTypeViewSet),
    ("requests", requests.RequestViewSet),
    ("visits", visits.VisitViewSet),
    ("visit-rounds", visits.VisitRoundViewSet),
    ("health-actions", health.HealthActionViewSet),
    ("health-checks", health.HealthCheckViewSet),
]
