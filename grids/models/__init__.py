from grids.models.batch import CaseBatch, CaseBatchItem
from grids.models.case import Case, CaseEvent, CasePhoto
from grids.models.case_paper import CaseApplication, CaseNote, Recheck
from grids.models.case_rules import CaseRules
from grids.models.category import CaseCategory, CaseRoute, LimitUnit
from grids.models.checklist import Checklist, ChecklistItem
from grids.models.clock import ClockRecord, ClockSetting
from grids.models.cross_check import CrossCheck
from grids.models.duty import FrontageDuty, FrontageItem, FrontageStandard
from grids.models.follower import CaseFollower
from grids.models.frontage import CardScheme, Merchant, Publication
from grids.models.handover import Handover, PatrolEvent
from grids.models.health import HealthAction, HealthAnswer, HealthCheck
from grids.models.inspection import FrontageAppeal, FrontageFinding, FrontageInspection
from grids.models.ladder import Digest, Escalation, LadderRung, Reminder
from grids.models.patrol import Answer, AnswerPhoto, Patrol, PatrolPlan, PlanStop, PlanTurn
from grids.models.pledge import Pledge, PledgeVersion
from grids.models.point import Point, PointEvent, PointType
from grids.models.point_check import PointCheck
from grids.models.request import Request, RequestContact, RequestEvent, RequestType
from grids.models.saved_filter import SavedFilter
from grids.models.visit import HealthReport, VisitBatch, VisitRound
from grids.models.whistle import (
    Whistle,
    WhistleEvent,
    WhistleLimit,
    WhistleLink,
    WhistlePhoto,
    WhistleTask,
)
from grids.models.zone import Zone

__all__ = [
    "Answer",
    "AnswerPhoto",
    "CardScheme",
    "Case",
    "CaseApplication",
    "CaseBatch",
    "CaseBatchItem",
    "CaseCategory",
    "CaseEvent",
    "CaseFollower",
    "CaseNote",
    "CasePhoto",
    "CaseRoute",
    "CaseRules",
    "Checklist",
    "ChecklistItem",
    "ClockRecord",
    "ClockSetting",
    "CrossCheck",
    "Digest",
    "Escalation",
    "FrontageAppeal",
    "FrontageDuty",
    "FrontageFinding",
    "FrontageInspection",
    "FrontageItem",
    "FrontageStandard",
    "Handover",
    "HealthAction",
    "HealthAnswer",
    "HealthCheck",
    "HealthReport",
    "LadderRung",
    "LimitUnit",
    "Merchant",
    "Patrol",
    "PatrolEvent",
    "PatrolPlan",
    "PlanStop",
    "PlanTurn",
    "Pledge",
    "PledgeVersion",
    "Point",
    "PointCheck",
    "PointEvent",
    "PointType",
    "Publication",
    "Recheck",
    "Reminder",
    "Request",
    "RequestContact",
    "RequestEvent",
    "RequestType",
    "SavedFilter",
    "VisitBatch",
    "VisitRound",
    "Whistle",
    "WhistleEvent",
    "WhistleLimit",
    "WhistleLink",
    "WhistlePhoto",
    "WhistleTask",
    "Zone",
]
