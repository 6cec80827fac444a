"""All that is measured, in the order in which it is."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.load import jobs, visits
from tests.load.machine import Watch
from tests.load.rows import Row
from tests.load.stage import Stage

if TYPE_CHECKING:  # it imports the models, which must wait until Django is awake
    from tests.load.street import Street

WORKS: dict[str, Callable[[Row, Stage, "Street", Watch], Row]] = {
    work.__name__: work
    for work in (
        visits.public_page,
        visits.phone_weight,
        visits.phone_weight_after,
        visits.case_report,
        visits.signup_hot,
        visits.signup_spread,
        jobs.slots,
        jobs.seen_after,
        jobs.dashboard_tenfold,
        jobs.dashboard,
        jobs.recount_day,
        visits.case_list,
        visits.case_list_page,
        visits.case_list_million,
        jobs.volunteer_import,
        jobs.load_demo,
        jobs.memory,
    )
}
LONG = frozenset({"case_list_million"})
"""works left out unless asked for by name"""
