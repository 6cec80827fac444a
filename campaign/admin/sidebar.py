"""The admin's side bar, grouped as the 1+3+7+n and then by what the office does."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

GROUPS: tuple[tuple[Any, tuple[tuple[str, str], ...]], ...] = (
    (_("1 · Committee"), (("campaign.committee", "account_balance"), ("campaign.appointment", "badge"))),
    (
        _("3 · Teams"),
        (
            ("campaign.team", "groups"),
            ("volunteers.volunteerteam", "diversity_3"),
            ("volunteers.partygroup", "handshake"),
            ("volunteers.partymember", "person_check"),
        ),
    ),
    (
        _("7 · Communities"),
        (
            ("campaign.community", "holiday_village"),
            ("grids.zone", "map"),
            ("volunteers.station", "cottage"),
            ("volunteers.room", "meeting_room"),
        ),
    ),
    (_("n · Units"), (("campaign.unit", "domain"), ("grids.merchant", "storefront"))),
    (
        _("Goals and counts"),
        (("campaign.stage", "flag"), ("campaign.goal", "target"), ("campaign.tally", "bar_chart")),
    ),
    (
        _("Publicity and works"),
        (
            ("campaign.publicityentry", "campaign"),
            ("campaign.workitem", "construction"),
            ("campaign.site", "location_city"),
            ("campaign.facility", "door_front"),
            ("campaign.story", "auto_stories"),
        ),
    ),
    (
        _("Patrols"),
        (
            ("grids.patrolplan", "event_repeat"),
            ("grids.patrol", "directions_walk"),
            ("grids.handover", "swap_horiz"),
            ("grids.crosscheck", "casino"),
            ("grids.patrolevent", "history"),
            ("grids.point", "location_on"),
            ("grids.pointtype", "category"),
            ("grids.checklist", "checklist"),
        ),
    ),
    (
        _("Messages"),
        (
            ("campaign.messagewording", "edit_note"),
            ("campaign.robothook", "smart_toy"),
            ("campaign.message", "mail"),
        ),
    ),
    (
        _("Recognition"),
        (
            ("volunteers.starlevel", "military_tech"),
            ("volunteers.star", "star"),
            ("volunteers.issuer", "approval"),
            ("volunteers.certificate", "workspace_premium"),
            ("volunteers.training", "school"),
            ("volunteers.commendation", "emoji_events"),
        ),
    ),
    (
        _("Cases"),
        (
            ("grids.case", "assignment_late"),
            ("grids.caseevent", "history"),
            ("grids.casecategory", "label"),
            ("grids.casebatch", "library_add_check"),
            ("grids.casefollower", "group_add"),
            ("grids.savedfilter", "filter_alt"),
        ),
    ),
    (
        _("Deadlines"),
        (
            ("grids.ladderrung", "stairs"),
            ("grids.clocksetting", "timer"),
            ("grids.escalation", "north_east"),
            ("grids.reminder", "notifications"),
            ("grids.digest", "mark_email_unread"),
            ("grids.clockrecord", "event_available"),
        ),
    ),
    (
        _("Shop fronts and visits"),
        (
            ("grids.frontageinspection", "fact_check"),
            ("grids.cardscheme", "palette"),
            ("grids.visitbatch", "doorbell"),
            ("grids.healthaction", "health_and_safety"),
            ("grids.healthcheck", "rule"),
            ("grids.healthreport", "monitor_heart"),
        ),
    ),
    (
        _("Volunteering"),
        (
            ("volunteers.volunteer", "volunteer_activism"),
            ("volunteers.guardianship", "family_restroom"),
            ("volunteers.teamrequest", "group_add"),
            ("volunteers.activity", "event"),
            ("volunteers.activityseries", "event_repeat"),
            ("volunteers.activitykind", "label"),
            ("volunteers.signup", "how_to_reg"),
            ("volunteers.attendance", "done_all"),
            ("volunteers.hourentry", "schedule"),
        ),
    ),
    (
        _("System"),
        (
            ("accounts.user", "person"),
            ("admin.logentry", "history_edu"),
            ("accounts.personaldataaccess", "visibility"),
            ("campaign.tallyincident", "report"),
            ("campaign.calendarday", "calendar_month"),
        ),
    ),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Unfold's navigation for this person: only lists that they may open, no empty group."""
    known = {model._meta.label_lower: one for model, one in admin.site._registry.items()}
    groups = []
    for title, entries in GROUPS:
        items = [
            _item(known[label], icon)
            for label, icon in entries
            if label in known and known[label].has_view_permission(request)
        ]
        if items:
            groups.append({"title": title, "separator": True, "collapsible": False, "items": items})
    return groups


def _item(model_admin: Any, icon: str) -> dict[str, Any]:
    meta = model_admin.model._meta
    return {
        "title": meta.verbose_name_plural,
        "icon": icon,
        "link": reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist"),
    }
