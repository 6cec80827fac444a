"""What is counted in the streets. A metric looks only at its own table and at relations that never change."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaign.registry import Metric, register
from grids.models import Case, FrontageInspection
from grids.workflow import State


def _sources(codes: Iterable[str]) -> Mapping[str, Any]:
    return dict(Case.Source.choices)


def _statuses(codes: Iterable[str]) -> Mapping[str, Any]:
    return dict(FrontageInspection.Status.choices)


NEVER_DUE = (State.NOT_OURS, State.DUPLICATE, State.WITHDRAWN, State.SUSPENDED)
"""cases in these states have no deadline to keep, so no rate may have them in its denominator"""

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
        key="grids.cases_due",
        title=_("cases due"),
        unit=pgettext_lazy("unit", "cases"),
        definition=_(
            "Cases whose deadline fell on the day. "
            "Left out are those that were suspended, withdrawn, merged or not ours."
        ),
        facts="grids.Case",
        day="due_on",
        where=~Q(state__in=NEVER_DUE),
    ),
    Metric(
        key="grids.cases_closed",
        title=_("cases closed"),
        unit=pgettext_lazy("unit", "cases"),
        definition=_("Cases that were verified as fixed by a second person and closed on the day."),
        facts="grids.Case",
        day="closed_on",
        where=Q(state=State.CLOSED),
        public=True,
    ),
    Metric(
        key="grids.cases_closed_in_time",
        title=_("cases closed in time"),
        unit=pgettext_lazy("unit", "cases"),
        definition=_("Cases closed as fixed on the day, before their deadline in working time."),
        facts="grids.Case",
        day="closed_on",
        where=Q(state=State.CLOSED, closed_in_time=True),
    ),
    Metric(
        key="grids.cases_due_closed_in_time",
        title=_("cases due that were closed in time"),
        unit=pgettext_lazy("unit", "cases"),
        definition=_(
            "Of the cases whose deadline fell on the day, those closed as fixed before it. "
            "Together with the cases due it gives the rate of closing in time."
        ),
        facts="grids.Case",
        day="due_on",
        where=Q(state=State.CLOSED, closed_in_time=True),
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
