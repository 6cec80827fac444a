"""The sentences of the report about the organisation, publicity, works and good deeds."""

from django.utils.translation import gettext_lazy as _

from campaign.registry import Clause, Column, Said, Statement, register


def _one(text: object, metric: str, part: str | None = None) -> Clause:
    """A clause with one number, written {n}."""
    return Clause(text, {"n": Said(metric, slice=part)})


register(
    Statement(
        "organisation",
        10,
        (
            Clause(
                _(
                    "the street works by the pattern 1+{teams}+{communities}+n, with {committees} street party "
                    "working committee at the core, {teams} teams, {communities} communities and {units} units"
                ),
                {
                    "committees": Said("organisation.committees"),
                    "teams": Said("organisation.teams"),
                    "communities": Said("organisation.communities"),
                    "units": Said("organisation.units"),
                },
            ),
        ),
    ),
    Statement(
        "organisation",
        20,
        (
            _one(_("{n} civilised units"), "organisation.units", "civilised"),
            _one(_("{n} residential quarters"), "organisation.units", "quarter"),
            _one(_("{n} departments"), "organisation.units", "department"),
            _one(_("{n} firms"), "organisation.units", "firm"),
        ),
        opening=_("Among the units are "),
    ),
    Statement(
        "teams",
        30,
        (
            _one(
                _("the team of civilised units handed out {n} copies of campaign leaflets"),
                "publicity.leaflets",
                "unit",
            ),
        ),
    ),
    Statement(
        "publicity",
        10,
        (
            _one(_("{n} copies of open letters were handed out"), "publicity.open_letters"),
            _one(_("{n} public-service adverts were put up"), "publicity.adverts"),
            _one(_("public-service videos were shown {n} times"), "publicity.video_showings"),
        ),
        opening=_("Over the year, "),
    ),
    Statement(
        "mobilising",
        30,
        (
            _one(
                _("volunteers handed out {n} copies of leaflets in all parts of the area"),
                "publicity.leaflets",
                "volunteer",
            ),
            _one(
                _("LED screens and loudspeakers carried the campaign {n} times"),
                "publicity.broadcasts",
            ),
        ),
    ),
    Statement("stories", 10, (_one(_("{n} good deeds were told"), "stories.stories"),)),
    Statement(
        "courtyards",
        10,
        (
            Clause(
                _("{names}, {n} old courtyards and back lanes in all, were thoroughly renovated"),
                {
                    "names": Said("works.courtyards_renovated", names=True),
                    "n": Said("works.courtyards_renovated"),
                },
            ),
            _one(_("the residents formed {n} self-management groups"), "works.self_managed"),
        ),
    ),
    Statement(
        "courtyards",
        20,
        (
            Clause(
                _("{kinds} were put in, {n} in all"),
                {"kinds": Said("works.facilities", names=True), "n": Said("works.facilities")},
            ),
            _one(
                _("{n} charging piles for electric bicycles were installed in the courtyards fit for them"),
                "works.charging_piles",
            ),
        ),
    ),
    Statement(
        "surroundings",
        10,
        (
            _one(_("{n} m² of broken paving were repaired"), "works.pavement_bricks_m2"),
            _one(_("{n} m² of pavements were mended"), "works.footpath_m2"),
            _one(_("{n} m² of façades were washed"), "works.facades_m2"),
            _one(_("{n} trees and shrubs were planted"), "works.plants"),
            _one(_("{n} m² of illegal advertising boards and signs were removed"), "works.signs_m2"),
        ),
        opening=_("In public space, "),
    ),
    Statement("health", 40, (_one(_("{n} caring enterprises took part"), "organisation.caring_companies"),)),
    Column("publicity.open_letters", _("Open letters"), 10),
    Column("publicity.leaflets", _("Leaflets"), 20),
    Column("publicity.broadcasts", _("Broadcasts"), 30),
)
