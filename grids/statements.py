"""The sentences of the report about zones, patrols, cases, shop fronts and visits."""

from django.utils.translation import gettext_lazy as _

from campaign.registry import Clause, Column, Said, Statement, register


def _one(text: object, metric: str, part: str | None = None) -> Clause:
    """A clause with one number, written {n}."""
    return Clause(text, {"n": Said(metric, slice=part)})


register(
    Statement(
        "zones",
        10,
        (
            _one(_("the area is divided into {n} responsibility zones"), "grids.zones"),
            _one(
                _("{n} urban-management squad leaders, deputy directors of communities, lead them"),
                "grids.zone_leaders",
            ),
        ),
    ),
    Statement(
        "zones",
        20,
        (
            _one(_("residents reported {n} problems, each followed up"), "grids.cases_opened", "resident"),
            _one(_("patrols found {n} more before anyone complained"), "grids.cases_opened", "patrol"),
        ),
    ),
    Statement(
        "frontage",
        10,
        (
            _one(_("{n} shops along the streets are on file"), "grids.merchants"),
            _one(_("{n} inspections found the three duties kept"), "grids.inspections", "fulfilled"),
            _one(
                _("{n} found them not kept, and the shops were told to mend it"),
                "grids.inspections",
                "unfulfilled",
            ),
        ),
    ),
    Statement(
        "health",
        30,
        (
            _one(_("residents were visited {n} times"), "visits.residents"),
            _one(_("firms were visited {n} times"), "visits.firms"),
            Clause(
                _("there were {confirmed} confirmed and {suspected} suspected infections"),
                {
                    "confirmed": Said("health.confirmed"),
                    "suspected": Said("health.suspected"),
                    "visits": Said("visits.residents"),
                },
                # Nought is the news here; it is said only by a street that kept the reports.
                when=lambda said: said["visits"] > 0,
            ),
        ),
    ),
    Statement(
        "patrols",
        10,
        (
            _one(_("{n} patrols were walked"), "grids.patrols_done"),
            Clause(
                _("{rate} of those planned"), {"rate": Said("grids.patrols_done", of="grids.patrols_due")}
            ),
            _one(_("they found {n} shortcomings"), "grids.findings"),
            _one(_("of which {n} were put right on the spot"), "grids.fixed_on_spot"),
        ),
    ),
    Statement(
        "cases",
        10,
        (
            _one(_("{n} cases were put on file"), "grids.cases_opened"),
            _one(_("{n} were verified by a second person and closed"), "grids.cases_closed"),
            Clause(
                _("{rate} of those due were closed in time"),
                {"rate": Said("grids.cases_due_closed_in_time", of="grids.cases_due")},
            ),
        ),
    ),
    Column("grids.patrols_done", _("Patrols"), 60),
    Column("grids.cases_closed", _("Cases closed"), 70),
    Column("grids.cases_due_closed_in_time", _("Closed in time"), 80, of="grids.cases_due"),
)
