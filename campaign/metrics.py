"""What the ground counts: the organisation, publicity, works and stories."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from campaign.models import Facility, PublicityEntry, Site, Team, Unit, WorkItem
from campaign.registry import Metric, register

Publicity = PublicityEntry.Kind
Work = WorkItem.Kind


def unit_kinds(codes: Iterable[str]) -> Mapping[str, Any]:
    """Names of the kinds of units."""
    return dict(Unit.Kind.choices)


def team_kinds(codes: Iterable[str]) -> Mapping[str, Any]:
    """Names of the three teams; nothing stands for entries by no team."""
    return {**dict(Team.Kind.choices), "": _("no team named")}


def publicity_kinds(codes: Iterable[str]) -> Mapping[str, Any]:
    """Names of the kinds of publicity."""
    return dict(PublicityEntry.Kind.choices)


def facility_kinds(codes: Iterable[str]) -> Mapping[str, Any]:
    """Names of what stands in courtyards."""
    return dict(Facility.Kind.choices)


def site_names(codes: Iterable[str]) -> Mapping[str, Any]:
    """The name of each site, by its key as text."""
    keys = [int(code) for code in codes if code.isdigit()]
    return {str(key): name for key, name in Site.objects.filter(pk__in=keys).values_list("pk", "name")}


# --- The organisation: stocks -------------------------------------------------------------------------
register(
    Metric(
        key="organisation.committees",
        title=_("Street party working committee"),
        unit=_("committees"),
        definition=_("The street's party working committee, from the day it leads the campaign."),
        facts="campaign.Committee",
        day="since",
        committee="pk",
        community="",
        stock=True,
        public=True,
    ),
    Metric(
        key="organisation.teams",
        title=_("Teams"),
        unit=_("teams"),
        definition=_("The teams of the street: party members, civilised units, volunteers."),
        facts="campaign.Team",
        day="since",
        community="",
        stock=True,
        public=True,
    ),
    Metric(
        key="organisation.communities",
        title=_("Communities"),
        unit=_("communities"),
        definition=_("Communities that belong to the street."),
        facts="campaign.Community",
        day="since",
        community="pk",
        stock=True,
        public=True,
    ),
    Metric(
        key="organisation.units",
        title=_("Units taking part"),
        unit=_("units"),
        definition=_(
            "Civilised units, residential quarters, departments and firms that take part; "
            "those whose part has ended do not count."
        ),
        facts="campaign.Unit",
        day="since",
        ends="until",
        slice="kind",
        labels=unit_kinds,
        stock=True,
        public=True,
    ),
    Metric(
        key="organisation.caring_companies",
        title=_("Caring enterprises"),
        unit=_("firms"),
        definition=_("Units that help as caring enterprises, from the day they came forward."),
        facts="campaign.Unit",
        day="caring_since",
        ends="until",
        stock=True,
        public=True,
    ),
)


# --- Publicity: flows ---------------------------------------------------------------------------------
def _publicity(key: str, title: Any, unit: Any, definition: Any, *kinds: str, **more: Any) -> Metric:
    return Metric(
        key=f"publicity.{key}",
        title=title,
        unit=unit,
        definition=definition,
        facts="campaign.PublicityEntry",
        day="day",
        value=Sum("quantity"),
        where=Q(kind__in=kinds),
        public=True,
        **more,
    )


register(
    _publicity(
        "open_letters",
        _("Open letters handed out"),
        _("copies"),
        _("Copies of open letters handed out, on the day and in the community where they were handed out."),
        Publicity.OPEN_LETTER,
    ),
    _publicity(
        "adverts",
        _("Public-service adverts put up"),
        _("pieces"),
        _("Pieces of public-service adverts printed or put up; one that is renewed counts again."),
        Publicity.ADVERT,
    ),
    _publicity(
        "video_showings",
        _("Public-service video showings"),
        _("showings"),
        _("Showings of public-service videos; how many different videos there were is kept apart."),
        Publicity.VIDEO,
    ),
    _publicity(
        "leaflets",
        _("Leaflets handed out"),
        _("copies"),
        _("Copies of campaign leaflets handed out, told apart by the team that did; no copy counts twice."),
        Publicity.LEAFLET,
        slice="by",
        labels=team_kinds,
    ),
    _publicity(
        "broadcasts",
        _("LED and loudspeaker broadcasts"),
        _("times"),
        _("Times the campaign was broadcast on LED screens or by loudspeaker, told apart by which."),
        Publicity.LED,
        Publicity.LOUDSPEAKER,
        slice="kind",
        labels=publicity_kinds,
    ),
    _publicity(
        "led",
        _("LED screen broadcasts"),
        _("times"),
        _("Times the campaign was shown on LED screens."),
        Publicity.LED,
    ),
    _publicity(
        "loudspeaker",
        _("Loudspeaker broadcasts"),
        _("times"),
        _("Times the campaign was broadcast by loudspeaker."),
        Publicity.LOUDSPEAKER,
    ),
)


# --- Works: flows -------------------------------------------------------------------------------------
def _work(key: str, title: Any, unit: Any, definition: Any, kind: str, **more: Any) -> Metric:
    return Metric(
        key=f"works.{key}",
        title=title,
        unit=unit,
        definition=definition,
        facts="campaign.WorkItem",
        day="accepted_on",
        where=Q(kind=kind),
        public=True,
        **{"value": Sum("quantity"), **more},
    )


register(
    _work(
        "pavement_bricks_m2",
        _("Paving repaired"),
        _("m²"),
        _("Square metres of broken paving bricks that were replaced, on the day the work was accepted."),
        Work.PAVING,
    ),
    _work(
        "facades_m2",
        _("Façades washed"),
        _("m²"),
        _("Square metres of outer walls that were washed, on the day the work was accepted."),
        Work.FACADE,
    ),
    _work(
        "plants",
        _("Trees and shrubs planted"),
        _("plants"),
        _("Plants set to green bare ground or fill gaps, on the day the work was accepted."),
        Work.PLANTING,
    ),
    _work(
        "signs_m2",
        _("Illegal signs removed"),
        _("m²"),
        _("Square metres of illegal advertising boards and signs taken down."),
        Work.SIGN_REMOVAL,
    ),
    _work(
        "footpath_m2",
        _("Pavements mended"),
        _("m²"),
        _("Square metres of pavement that were mended, on the day the work was accepted."),
        Work.FOOTPATH,
    ),
    _work(
        "charging_piles",
        _("Charging piles installed"),
        _("piles"),
        _("Charging piles for electric bicycles installed in courtyards fit for them."),
        Work.CHARGING_PILE,
    ),
    _work(
        "courtyards_renovated",
        _("Courtyards and lanes renovated"),
        _("sites"),
        _("Renovations of old courtyards and back lanes that were accepted, each site told apart."),
        Work.RENOVATION,
        value=None,
        slice="site",
        labels=site_names,
    ),
    Metric(
        key="works.facilities",
        title=_("Facilities in courtyards"),
        unit=_("facilities"),
        definition=_(
            "Entrance gates, cameras, party members' rooms, council corners and mediation rooms put in, by kind."
        ),
        facts="campaign.Facility",
        day="installed_on",
        committee="site__committee",
        community="site__community",
        value=Sum("quantity"),
        slice="kind",
        labels=facility_kinds,
        public=True,
    ),
    Metric(
        key="works.self_managed",
        title=_("Residents' self-management groups"),
        unit=_("groups"),
        definition=_("Courtyards and lanes in which the residents have formed a group of their own."),
        facts="campaign.Site",
        day="self_managed_since",
        stock=True,
        public=True,
    ),
    Metric(
        key="stories.stories",
        title=_("Good deeds"),
        unit=_("stories"),
        definition=_("Stories of good deeds that were published, on the day the deed was done."),
        facts="campaign.Story",
        day="happened_on",
        where=Q(published_on__isnull=False),
        public=True,
    ),
)
