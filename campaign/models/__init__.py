from campaign.models.appointment import Appointment
from campaign.models.calendar import CalendarDay
from campaign.models.goal import Goal, Stage
from campaign.models.heartbeat import Heartbeat
from campaign.models.mark import Bucket, Mark
from campaign.models.message import ContactWish, Message, MessageWording, RobotHook
from campaign.models.organisation import Committee, Community, Team, Unit
from campaign.models.outbox import OutboxMessage
from campaign.models.publicity import PublicityEntry
from campaign.models.story import Story
from campaign.models.tally import Tally, TallyIncident
from campaign.models.works import Facility, Site, WorkItem

__all__ = [
    "Appointment",
    "Bucket",
    "CalendarDay",
    "Committee",
    "Community",
    "ContactWish",
    "Facility",
    "Goal",
    "Heartbeat",
    "Mark",
    "Message",
    "MessageWording",
    "OutboxMessage",
    "PublicityEntry",
    "RobotHook",
    "Site",
    "Stage",
    "Story",
    "Tally",
    "TallyIncident",
    "Team",
    "Unit",
    "WorkItem",
]
