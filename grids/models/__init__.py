from grids.models.case import Case, CaseCategory, CaseEvent, CasePhoto
from grids.models.checklist import Checklist, ChecklistItem
from grids.models.frontage import CardScheme, FrontageInspection, Merchant
from grids.models.patrol import Answer, AnswerPhoto, Patrol, PatrolPlan, PlanTurn
from grids.models.point import Point, PointType
from grids.models.visit import HealthReport, VisitBatch
from grids.models.zone import Zone

__all__ = [
    "Answer",
    "AnswerPhoto",
    "CardScheme",
    "Case",
    "CaseCategory",
    "CaseEvent",
    "CasePhoto",
    "Checklist",
    "ChecklistItem",
    "FrontageInspection",
    "HealthReport",
    "Merchant",
    "Patrol",
    "PatrolPlan",
    "PlanTurn",
    "Point",
    "PointType",
    "VisitBatch",
    "Zone",
]
