"""What became of the deadlines before the clocks put it on record, read off the cases as they stand.

As the figures were counted until now: a closed case was due, and closed in time or not. Open cases are left to the
sweep. The days concerned are marked, so that the worker counts them from the records.
"""

import datetime

from django.db import migrations
from django.utils import timezone

METRICS = (
    "grids.cases_decided",
    "grids.cases_filed",
    "grids.cases_due",
    "grids.cases_due_closed",
    "grids.cases_due_closed_in_time",
    "grids.cases_closed_later",
    "grids.cases_closed",
    "grids.cases_handled",
    "grids.cases_reworked",
    "grids.cases_extended",
)
LAST_DAY = 25


def month_end(day):
    """The end of the statistical month, by the usual cut-off."""
    if day.day > LAST_DAY:
        day = day.replace(day=28) + datetime.timedelta(days=4)
    return day.replace(day=LAST_DAY)


def put_on_record(apps, schema_editor):
    case_model, record = apps.get_model("grids", "Case"), apps.get_model("grids", "ClockRecord")
    rows, now = [], timezone.now()
    ended = case_model.objects.filter(state__in=("closed", "not_fixed")).exclude(due_on=None).exclude(closed_on=None)
    for case in ended.iterator(chunk_size=2000):
        said = {"due": case.due_on}
        if case.state == "closed":
            within = case.closed_on <= month_end(case.due_on)
            said["closed" if within else "later"] = case.due_on if within else case.closed_on
            if case.closed_in_time:
                said["in_time"] = case.due_on
        rows += [
            record(
                case_id=case.pk, committee_id=case.committee_id, community_id=case.community_id,
                run=case.clock_run, kind=kind, day=day, at=case.closed_at or now,
            )
            for kind, day in said.items()
        ]  # fmt: skip
    record.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)
    days = {row.day for row in rows} | set(
        apps.get_model("grids", "CaseEvent").objects.values_list("day", flat=True).distinct()
    )
    mark = apps.get_model("campaign", "Mark")
    mark.objects.bulk_create(
        [mark(metric=metric, day=day) for metric in METRICS for day in sorted(days)], batch_size=2000
    )


class Migration(migrations.Migration):
    dependencies = [("grids", "0021_steps_taken_back"), ("campaign", "0001_initial")]

    operations = [migrations.RunPython(put_on_record, migrations.RunPython.noop)]
