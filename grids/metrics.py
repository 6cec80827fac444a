"""What is counted in the streets. A metric looks only at its own table and at relations that never change."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaign.registry import Metric, register
from grids.models import Case, ClockRecord, FrontageInspection, RequestType
from grids.requests import COMPLAINTS, FOUND_FIRST
from grids.whistleflow import Kind, TaskState
from grids.workflow import State


def _sources(codes: Iterable[str]) -> Mapping[str, Any]:
    return dict(Case.Source.choices)


def _statuses(codes: Iterable[str]) -> Mapping[str, Any]:
    return dict(FrontageInspection.Status.choices)


Kinds = ClockRecord.Kind


def _record(kind: str) -> dict[str, Any]:
    """Counted from what the clocks put on record; the rows are only ever appended."""
    return {"facts": "grids.ClockRecord", "day": "day", "where": Q(kind=kind)}


def _steps(*moves: str, from_state: str = "") -> dict[str, Any]:
    """Counted from the history, each step once; a step that was taken back counts minus one on that day."""
    made, undone = Q(move__in=moves), Q(undone__in=moves)
    if from_state:
        made, undone = made & Q(from_state=from_state), undone & Q(to_state=from_state)
    return {
        "facts": "grids.CaseEvent", "day": "day", "committee": "case__committee", "community": "case__community",
        "where": made | undone, "value": Sum("amount"),
    }  # fmt: skip


register(
    Metric(
        key="grids.zones",
        title=_("responsibility zones"),
        unit=pgettext_lazy("unit", "zones"),
        definition=_("Responsibility zones in force on the day."),
        facts="grids.Zone",
        day="since",
        ends="until",
        community="",
        stock=True,
        public=True,
    ),
    Metric(
        key="grids.zone_leaders",
        title=_("zone leaders"),
        unit=pgettext_lazy("unit", "persons"),
        definition=_(
            "Zones in force on the day that have a leader, who is also deputy director of a community."
        ),
        facts="grids.Zone",
        day="since",
        ends="until",
        community="",
        where=Q(leader__isnull=False),
        stock=True,
    ),
    Metric(
        key="grids.patrols_due",
        title=_("patrols planned"),
        unit=pgettext_lazy("unit", "patrols"),
        definition=_(
            "Patrols that the plans foresaw for the day, walked or not. What was withdrawn was not due."
        ),
        facts="grids.Patrol",
        day="day",
        where=~Q(state="withdrawn"),
    ),
    Metric(
        key="grids.patrols_done",
        title=_("patrols walked"),
        unit=pgettext_lazy("unit", "patrols"),
        definition=_("Patrols of the day that were walked within their window, every standard answered."),
        facts="grids.Patrol",
        day="day",
        where=Q(state="done"),
        public=True,
    ),
    Metric(
        key="grids.patrols_missed",
        title=_("patrols missed"),
        unit=pgettext_lazy("unit", "patrols"),
        definition=_(
            "Patrols of the day whose window passed without being walked. They are not made up for."
        ),
        facts="grids.Patrol",
        day="day",
        where=Q(state="missed"),
    ),
    Metric(
        key="grids.findings",
        title=_("findings of patrols"),
        unit=pgettext_lazy("unit", "findings"),
        definition=_("Standards that a patrol found not to be met, one for each standard at each point."),
        facts="grids.Answer",
        day="day",
        committee="patrol__committee",
        community="patrol__community",
        where=Q(value="no"),
    ),
    Metric(
        key="grids.fixed_on_spot",
        title=_("fixed on the spot"),
        unit=pgettext_lazy("unit", "findings"),
        definition=_("Findings that the patroller put right at once. They are no cases and need none."),
        facts="grids.Answer",
        day="day",
        committee="patrol__committee",
        community="patrol__community",
        where=Q(value="no", fixed_on_spot=True),
    ),
    Metric(
        key="grids.cases_opened",
        title=_("cases reported"),
        unit=pgettext_lazy("unit", "cases"),
        definition=_("Cases put on file on the day, by where they came from."),
        facts="grids.Case",
        day="reported_on",
        slice="source",
        labels=_sources,
    ),
    Metric(
        key="grids.cases_decided",
        title=_("reports decided on"),
        unit=pgettext_lazy("unit", "cases"),
        definition=_(
            "Reports on which it was first decided on the day what becomes of them: filed or dispatched, not ours, "
            "merged into another, or withdrawn; by where they came from."
        ),
        slice="case__source",
        labels=_sources,
        **_steps("file", "dispatch", "reject", "merge", "withdraw", from_state=State.RECEIVED),
    ),
    Metric(
        key="grids.cases_filed",
        title=_("cases filed"),
        unit=pgettext_lazy("unit", "cases"),
        definition=_(
            "Cases that were filed or dispatched for the first time on the day, by where they came from. "
            "Of the reports decided on it gives the rate of filing."
        ),
        slice="case__source",
        labels=_sources,
        **_steps("file", "dispatch", from_state=State.RECEIVED),
    ),
    Metric(
        key="grids.cases_due",
        title=_("cases due"),
        unit=pgettext_lazy("unit", "cases"),
        definition=_(
            "Deadlines that fell on the day: of open cases whose clock ran, and of cases that were closed before it. "
            "What was suspended, merged, withdrawn or not ours by then is left out; "
            "what came due stays due, whatever is done later."
        ),
        **_record(Kinds.DUE),
    ),
    Metric(
        key="grids.cases_due_closed",
        title=_("cases due that were closed"),
        unit=pgettext_lazy("unit", "cases"),
        definition=_(
            "Of the cases due, those that were closed as fixed by the end of the statistical month of their deadline. "
            "Together with the cases due it gives the rate of closing."
        ),
        **_record(Kinds.CLOSED),
    ),
    Metric(
        key="grids.cases_due_closed_in_time",
        title=_("cases due that were closed in time"),
        unit=pgettext_lazy("unit", "cases"),
        definition=_(
            "Of the cases whose deadline fell on the day, those closed as fixed before it. "
            "Together with the cases due it gives the rate of closing in time."
        ),
        **_record(Kinds.CLOSED_IN_TIME),
    ),
    Metric(
        key="grids.cases_closed_later",
        title=_("cases of earlier months closed"),
        unit=pgettext_lazy("unit", "cases"),
        definition=_(
            "Cases closed as fixed on the day whose deadline lay in an earlier statistical month. "
            "They change no figure of that month."
        ),
        **_record(Kinds.CLOSED_LATER),
    ),
    Metric(
        key="grids.cases_closed",
        title=_("cases closed"),
        unit=pgettext_lazy("unit", "cases"),
        definition=_(
            "Closings of the day: a second person had verified that it is fixed. "
            "A case that was reopened and closed again counts twice."
        ),
        public=True,
        **_steps("verify"),
    ),
    Metric(
        key="grids.cases_handled",
        title=_("cases reported as handled"),
        unit=pgettext_lazy("unit", "times"),
        definition=_("How often units reported a case as handled on the day; after rework once more."),
        **_steps("report_back"),
    ),
    Metric(
        key="grids.cases_reworked",
        title=_("cases sent back for rework"),
        unit=pgettext_lazy("unit", "times"),
        definition=_(
            "How often a check on the day sent a case back for rework. "
            "Of the reports as handled it gives the rate of rework."
        ),
        **_steps("rework"),
    ),
    Metric(
        key="grids.cases_extended",
        title=_("deadlines extended"),
        unit=pgettext_lazy("unit", "times"),
        definition=_("Extensions granted on the day. Of the cases due it gives the rate of extension."),
        **_steps("extend"),
    ),
    Metric(
        key="grids.responses_due",
        title=_("responses due"),
        unit=pgettext_lazy("unit", "cases"),
        definition=_("Cases whose limit for the unit's response fell on the day, once for each dispatch."),
        **_record(Kinds.RESPONSE_DUE),
    ),
    Metric(
        key="grids.responses_in_time",
        title=_("responses in time"),
        unit=pgettext_lazy("unit", "cases"),
        definition=_("Of the responses due, those that the unit gave within the limit."),
        **_record(Kinds.RESPONDED_IN_TIME),
    ),
    Metric(
        key="grids.merchants",
        title=_("merchants on file"),
        unit=pgettext_lazy("unit", "shops"),
        definition=_("Shops with a frontage that are on file on the day."),
        facts="grids.Merchant",
        day="since",
        ends="until",
        stock=True,
    ),
    Metric(
        key="grids.inspections",
        title=_("frontage inspections"),
        unit=pgettext_lazy("unit", "inspections"),
        definition=_(
            "Looks at a shop's frontage, told apart by whether the duties were kept. "
            "A look that was set aside after an objection is not among them."
        ),
        facts="grids.FrontageInspection",
        day="day",
        where=Q(set_aside_on=None),
        committee="merchant__committee",
        community="merchant__community",
        slice="status",
        labels=_statuses,
    ),
    Metric(
        key="visits.residents",
        title=_("visits to residents"),
        unit=pgettext_lazy("unit", "visits"),
        definition=_("Visits to residents in person-visits (人次): who was visited twice counts twice."),
        facts="grids.VisitBatch",
        day="day",
        value=Sum("visits"),
        where=Q(kind="resident"),
    ),
    Metric(
        key="visits.firms",
        title=_("visits to firms"),
        unit=pgettext_lazy("unit", "visits"),
        definition=_("Visits to firms: a firm that was visited twice counts twice."),
        facts="grids.VisitBatch",
        day="day",
        value=Sum("visits"),
        where=Q(kind="firm"),
    ),
    Metric(
        key="visits.residents_apart",
        title=_("residents visited, counted apart"),
        unit=pgettext_lazy("unit", "persons"),
        definition=_(
            "Different residents of each batch of visits in which they were counted apart. Who was met in two "
            "batches counts twice: this is no number of inhabitants."
        ),
        facts="grids.VisitBatch",
        day="day",
        value=Sum("persons"),
        where=Q(kind="resident", persons__isnull=False),
    ),
    Metric(
        key="visits.firms_apart",
        title=_("firms visited, counted apart"),
        unit=pgettext_lazy("unit", "firms"),
        definition=_("Different firms of each batch of visits in which they were counted apart."),
        facts="grids.VisitBatch",
        day="day",
        value=Sum("persons"),
        where=Q(kind="firm", persons__isnull=False),
    ),
    Metric(
        key="health.checks",
        title=_("checks of special actions"),
        unit=pgettext_lazy("unit", "checks"),
        definition=_(
            "Communities and points looked at by the lists of the special actions of public health."
        ),
        facts="grids.HealthCheck",
        day="day",
    ),
    Metric(
        key="health.confirmed",
        title=_("confirmed infections"),
        unit=pgettext_lazy("unit", "persons"),
        definition=_(
            "Confirmed infections in the communities' daily reports; numbers only, nothing about persons."
        ),
        facts="grids.HealthReport",
        day="day",
        value=Sum("confirmed"),
    ),
    Metric(
        key="health.suspected",
        title=_("suspected infections"),
        unit=pgettext_lazy("unit", "persons"),
        definition=_(
            "Suspected infections in the communities' daily reports; numbers only, nothing about persons."
        ),
        facts="grids.HealthReport",
        day="day",
        value=Sum("suspected"),
    ),
)

# --- Whistles (domain.md §5.1): for information, not as a target -----------------------------------


def _whistle_kinds(codes: Iterable[str]) -> Mapping[str, Any]:
    return dict(Kind.choices)


def _request_types(codes: Iterable[str]) -> Mapping[str, Any]:
    keys = [int(code) for code in codes if code.isdecimal()]
    return {str(key): name for key, name in RequestType.objects.filter(pk__in=keys).values_list("pk", "name")}


_NEVER_ANSWERED = Q(state=TaskState.CALLED_OFF, signed_at__isnull=True)
_NEVER_THERE = Q(state=TaskState.CALLED_OFF, arrived_at__isnull=True)
_TASK = {"facts": "grids.WhistleTask", "committee": "whistle__committee", "community": "whistle__community"}
_VALID = Q(purpose="callback", outcome="reached", excluded=False)
_CALL = {"facts": "grids.RequestContact", "day": "day", "committee": "request__committee",
         "community": "request__community"}  # fmt: skip

register(
    Metric(
        key="whistles.blown",
        title=_("whistles blown"),
        unit=pgettext_lazy("unit", "whistles"),
        definition=_(
            "Whistles whose units were called on the day, by kind. "
            "For information, not as a target: neither many nor few are good in themselves."
        ),
        facts="grids.Whistle",
        day="blown_on",
        slice="kind",
        labels=_whistle_kinds,
    ),
    Metric(
        key="whistles.sign_due",
        title=_("units due to sign for a whistle"),
        unit=pgettext_lazy("unit", "units"),
        definition=_(
            "Called units whose limit for signing fell on the day, told once for each whistle. "
            "Left out are those that were called off before they signed."
        ),
        day="sign_due_on",
        where=~_NEVER_ANSWERED,
        **_TASK,
    ),
    Metric(
        key="whistles.signed_in_time",
        title=_("units that signed in time"),
        unit=pgettext_lazy("unit", "units"),
        definition=_(
            "Of the units due to sign for a whistle, those that did within the limit. "
            "For information, not as a target."
        ),
        day="sign_due_on",
        where=Q(signed_in_time=True),
        **_TASK,
    ),
    Metric(
        key="whistles.arrive_due",
        title=_("units due to arrive"),
        unit=pgettext_lazy("unit", "units"),
        definition=_(
            "Called units whose limit for arriving fell on the day. "
            "Left out are those that were called off before they arrived."
        ),
        day="arrive_due_on",
        where=~_NEVER_THERE,
        **_TASK,
    ),
    Metric(
        key="whistles.arrived_in_time",
        title=_("units that arrived in time"),
        unit=pgettext_lazy("unit", "units"),
        definition=_(
            "Of the units due to arrive, those that did within the limit. For information, not as a target."
        ),
        day="arrive_due_on",
        where=Q(arrived_in_time=True),
        **_TASK,
    ),
    # --- Requests and call-backs (domain.md §5.2) ----------------------------------------------------
    Metric(
        key="requests.received",
        title=_("requests received"),
        unit=pgettext_lazy("unit", "requests"),
        definition=_("Cases that a resident or the hotline reported on the day, by type of request."),
        facts="grids.Request",
        day="asked_on",
        slice="type",
        labels=_request_types,
    ),
    Metric(
        key="requests.response_due",
        title=_("reporters due to be contacted"),
        unit=pgettext_lazy("unit", "requests"),
        definition=_(
            "Requests whose limit for contacting the reporter fell on the day. "
            "Who left no number cannot be contacted and is left out."
        ),
        facts="grids.Request",
        day="respond_on",
    ),
    Metric(
        key="requests.responded_in_time",
        title=_("reporters contacted in time"),
        unit=pgettext_lazy("unit", "requests"),
        definition=_(
            "Of the reporters due to be contacted, those who were spoken to within the limit. "
            "With the former it gives the response rate. A call that nobody answers is no contact."
        ),
        facts="grids.Request",
        day="respond_on",
        where=Q(responded_in_time=True),
    ),
    Metric(
        key="requests.call_backs",
        title=_("valid call-backs"),
        unit=pgettext_lazy("unit", "call-backs"),
        definition=_(
            "Call-backs of the day in which the reporter was reached, once for each time a case ended. "
            "Left out are those that were excluded after an objection."
        ),
        where=_VALID,
        **_CALL,
    ),
    Metric(
        key="requests.solved",
        title=_("requests solved"),
        unit=pgettext_lazy("unit", "call-backs"),
        definition=_(
            "Valid call-backs in which the reporter said that it is solved; partly solved is not solved. "
            "With the valid call-backs it gives the rate of requests solved."
        ),
        where=_VALID & Q(solved="yes"),
        **_CALL,
    ),
    Metric(
        key="requests.satisfied",
        title=_("reporters satisfied"),
        unit=pgettext_lazy("unit", "call-backs"),
        definition=_(
            "Valid call-backs in which the reporter was satisfied or mostly satisfied. "
            "Who gave no rating stays among the valid call-backs and is not counted as satisfied."
        ),
        where=_VALID & Q(satisfied__in=("yes", "mostly")),
        **_CALL,
    ),
    Metric(
        key="requests.found_first",
        title=_("found before a complaint"),
        unit=pgettext_lazy("unit", "cases"),
        definition=_("Cases that patrols found on the day."),
        facts="grids.Case",
        day="reported_on",
        where=Q(source__in=FOUND_FIRST),
    ),
    Metric(
        key="requests.found_or_complained",
        title=_("found or complained of"),
        unit=pgettext_lazy("unit", "cases"),
        definition=_(
            "Cases of the day that patrols found, and those that residents or the hotline reported. "
            "What was found before a complaint, as a share of these, is the rate of finding first."
        ),
        facts="grids.Case",
        day="reported_on",
        where=Q(source__in=(*FOUND_FIRST, *COMPLAINTS)),
    ),
)
