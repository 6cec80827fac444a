"""The sentences of the report about volunteers, party members, stations and service."""

from django.utils.translation import gettext_lazy as _

from campaign.registry import Clause, Column, Said, Statement, register


def _one(text: object, metric: str) -> Clause:
    """A clause with one number, written {n}."""
    return Clause(text, {"n": Said(metric)})


register(
    Statement(
        "teams",
        10,
        (
            _one(
                _("{n} in-service party members reported in at the communities"), "volunteers.party_members"
            ),
            _one(_("divided into {n} working groups"), "volunteers.party_groups"),
        ),
    ),
    Statement("teams", 20, (_one(_("{n} civilised-practice stations were set up"), "volunteers.stations"),)),
    Statement(
        "mobilising",
        10,
        (
            _one(_("{n} volunteers are registered"), "volunteers.registered"),
            _one(_("{n} volunteer activities were held"), "volunteers.activities_held"),
            _one(_("volunteers took part {n} times"), "volunteers.attendances"),
        ),
    ),
    Statement(
        "mobilising",
        20,
        (
            Clause(
                _("the activities were {kinds}"),
                {"kinds": Said("volunteers.activities_held", names=True)},
            ),
        ),
    ),
    Statement(
        "health",
        10,
        (
            _one(_("{n} volunteer teams were formed for epidemic control"), "volunteers.teams_epidemic"),
            _one(_("{n} residents took part"), "volunteers.residents_taking_part"),
            _one(_("{n} people of property companies took part"), "volunteers.property_taking_part"),
        ),
    ),
    Statement(
        "service",
        10,
        (Clause(_("volunteers served {n} hours in all"), {"n": Said("volunteers.service_minutes", per=60)}),),
    ),
    Column("volunteers.registered", _("Volunteers"), 40),
    Column("volunteers.activities_held", _("Activities"), 50),
)
