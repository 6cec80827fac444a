"""The API resources of this app: (name in the address, view set)."""

from typing import Any

from grids.api import cases, frontage, patrols, places

RESOURCES: list[tuple[str, Any]] = [
    ("zones", places.ZoneViewSet),
    ("point-types", places.PointTypeViewSet),
    ("points", places.PointViewSet),
    ("case-categories", places.CaseCategoryViewSet),
    ("patrol-plans", patrols.PatrolPlanViewSet),
    ("patrols", patrols.PatrolViewSet),
    ("cases", cases.CaseViewSet),
    ("merchants", frontage.MerchantViewSet),
    ("visits", frontage.VisitViewSet),
]
