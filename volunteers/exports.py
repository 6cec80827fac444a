"""What is handed on to other systems as .xlsx: the national volunteer platform, and the ministry's record.

The portal replaces neither (domain rules: records kept elsewhere are uploaded to the ministry's system). The columns
follow the public field lists: of the platform its persons, activities and hours; of Order 67 of the Ministry of Civil
Affairs, articles 5 to 9, person, service, training, commendation and evaluation. What is not kept here, such as an
identity number, stays an empty column. Mobile numbers are masked unless whole ones are given.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.access import unmask_all
from campaign.errors import Refused
from campaign.sheets import Part
from volunteers.models import Activity, Commendation, HourEntry, Star, Training, Volunteer
from volunteers.numbers import Asked, served
from volunteers.templatetags.service import as_hours

MOST = 20_000
"""rows of one sheet: more are asked for in parts, so that one export does not hold up the others"""
CHUNK = 2000
NOT_KEPT = ""
Phones = Mapping[Any, str]
"""whole mobile numbers by volunteer"""


@dataclass(frozen=True)
class Export:
    """A workbook that another system takes."""

    title: Any
    build: Callable[[Asked, Phones], list[Part]]

    def parts(self, asked: Asked, phones: Phones | None = None) -> list[Part]:
        """The sheets, with masked numbers where `phones` names none. Raises Refused for more than `MOST` rows."""
        check(asked)
        return self.build(asked, phones or {})


def check(asked: Asked) -> None:
    """Raise Refused where a sheet would become longer than `MOST` rows."""
    if max(rows[: MOST + 1].count() for rows in (persons(asked), services(asked))) > MOST:
        raise Refused(
            _("More than %(most)d rows: choose fewer days or one community.") % {"most": MOST},
            code="too_many",
        )


def whole_phones(asked: Asked, *, by: Any, reason: str) -> dict[Any, str]:
    """The whole numbers of those persons who are in reach of `by`, each look on record before it is given."""
    own = Volunteer.objects.visible_to(by).values("pk")
    return unmask_all(persons(asked).filter(pk__in=own), "phone", by=by, reason=reason)


# --- The rows ---------------------------------------------------------------------------------------
def services(asked: Asked) -> QuerySet:
    """Each service of the days once, with `net` minutes after its corrections; those taken back whole are gone."""
    corrections = HourEntry.objects.filter(corrects=OuterRef("pk")).order_by().values("corrects")
    corrected = Coalesce(Subquery(corrections.annotate(sum=Sum("minutes")).values("sum")), 0)
    first = served(asked).filter(reason=HourEntry.Reason.SERVED)
    return first.annotate(net=F("minutes") + corrected).filter(net__gt=0).order_by("day", "pk")


def _lines(model: Any, asked: Asked) -> QuerySet:
    seen = model.objects.visible_to(asked.user).select_related("volunteer")
    return asked.within(seen.filter(day__range=asked.days)).order_by("day", "pk")


def _stars(asked: Asked) -> QuerySet:
    seen = Star.objects.visible_to(asked.user).select_related("volunteer")
    confirmed = seen.filter(state=Star.State.CONFIRMED, confirmed_on__range=asked.days)
    return asked.within(confirmed).order_by("confirmed_on", "pk")


def persons(asked: Asked) -> QuerySet:
    """Whoever a line of these days is about, each once."""
    about = [served(asked), _lines(Training, asked), _lines(Commendation, asked), _stars(asked)]
    named = Q()
    for rows in about:
        named |= Q(pk__in=rows.order_by().values("volunteer"))
    return Volunteer.objects.filter(named).select_related("community").order_by("pk")


def _activities(asked: Asked) -> QuerySet:
    entries = served(asked).order_by().values("activity")
    found = Activity.objects.filter(pk__in=entries).select_related("kind", "team", "community", "leader")
    return found.prefetch_related("positions").order_by("day", "pk")


# --- The sheets -------------------------------------------------------------------------------------
def _phone(volunteer: Volunteer, phones: Phones) -> str:
    return phones.get(volunteer.pk, volunteer.masked_phone)


def _note(*more: str) -> str:
    return " ".join(
        [
            _(
                "Empty columns hold what this portal does not keep, such as identity numbers: fill them in there."
            ),
            *more,
        ]
    )


def _person_part(asked: Asked, phones: Phones, note: str) -> Part:
    headings = [
        _("volunteer number"), pgettext("person", "name"), _("sex"), _("date of birth"), _("kind of identity document"),
        _("identity document number"), _("area of residence"), _("mobile number"), _("professional skills"),
        _("kind of service"), _("registered on"),
    ]  # fmt: skip

    def rows() -> Iterator[tuple[Any, ...]]:
        for one in persons(asked).prefetch_related("skills").iterator(chunk_size=CHUNK):
            skills = "、".join(skill.name for skill in one.skills.all())
            born = one.birth_year or NOT_KEPT
            yield (
                one.number, one.name, NOT_KEPT, born, NOT_KEPT, NOT_KEPT, one.community.name, _phone(one, phones),
                skills, NOT_KEPT, one.joined_on,
            )  # fmt: skip

    return Part(_("Personal information"), headings, rows(), note)


def _service_rows(asked: Asked) -> Iterator[HourEntry]:
    related = (
        "volunteer", "community", "by", "activity__team", "activity__kind", "activity__leader",
        "attendance__signup__position",
    )  # fmt: skip
    return services(asked).select_related(*related).iterator(chunk_size=CHUNK)


def platform(asked: Asked, phones: Phones) -> list[Part]:
    """Persons, activities and hours for the national volunteer platform."""
    note = _note(
        _(
            "The columns follow the platform's public field list; rename them to those of your import template."
        ),
    )
    activities = [
        _("activity"), _("kind of service"), _("volunteer team"), _("community"), _("place of service"),
        _("starts at"), _("ends at"), _("positions"), _("people wanted"), _("person in charge"),
    ]  # fmt: skip
    hours = [
        _("volunteer number"), pgettext("person", "name"), _("mobile number"), _("activity"), _("volunteer team"),
        _("position"), _("day of service"), _("came at"), _("left at"), _("hours served"), _("recorded by"),
    ]  # fmt: skip

    def activity_rows() -> Iterator[tuple[Any, ...]]:
        for one in _activities(asked).iterator(chunk_size=CHUNK):
            posts = list(one.positions.all())
            yield (
                one.title, one.kind.name, one.team.name if one.team else "", one.community.name, one.place,
                one.starts_at, one.ends_at, "、".join(post.name for post in posts),
                sum(post.places for post in posts), one.leader.name if one.leader else "",
            )  # fmt: skip

    def hour_rows() -> Iterator[tuple[Any, ...]]:
        for one in _service_rows(asked):
            team, came = one.activity and one.activity.team, one.attendance
            yield (
                one.volunteer.number, one.volunteer.name, _phone(one.volunteer, phones), one.what,
                team.name if team else "", came.signup.position.name if came else "", one.day,
                came.came_at if came else "", came.left_at if came else "", as_hours(one.net),
                one.by.name if one.by else "",
            )  # fmt: skip

    return [
        _person_part(asked, phones, note),
        Part(_("Activities"), activities, activity_rows(), note),
        Part(_("Hours of service"), hours, hour_rows(), f"{note} {_('Hours are after corrections.')}"),
    ]


def record(asked: Asked, phones: Phones) -> list[Part]:
    """The five parts of the ministry's record of voluntary service."""
    note = _note(_("Fields of the record of voluntary service, Order 67 of the Ministry of Civil Affairs."))
    who = [_("volunteer number"), pgettext("person", "name")]
    service = [
        *who, _("activity"), _("day of service"), _("place of service"), _("served whom"), _("what was done"),
        _("hours served"), _("quality of the service"), _("person in charge"), _("recorded by"),
    ]  # fmt: skip
    training = [
        *who, _("what was taught"), _("organiser"), _("day"), _("place"), _("hours of study"), _("recorded by"),
    ]  # fmt: skip

    def service_rows() -> Iterator[tuple[Any, ...]]:
        for one in _service_rows(asked):
            held = one.activity
            yield (
                one.volunteer.number, one.volunteer.name, one.what, one.day, held.place if held else "", NOT_KEPT,
                held.description if held else "", as_hours(one.net), NOT_KEPT,
                held.leader.name if held and held.leader else "", one.by.name if one.by else "",
            )  # fmt: skip

    def training_rows() -> Iterator[tuple[Any, ...]]:
        for one in _lines(Training, asked).select_related("entered_by").iterator(chunk_size=CHUNK):
            yield (
                one.volunteer.number, one.volunteer.name, one.content, one.organiser, one.day, one.place,
                as_hours(one.minutes), one.entered_by.name if one.entered_by else "",
            )  # fmt: skip

    honours = (
        (one.volunteer.number, one.volunteer.name, one.title, one.day, one.given_by, one.reason)
        for one in _lines(Commendation, asked).iterator(chunk_size=CHUNK)
    )
    stars = (
        (one.volunteer.number, one.volunteer.name, one.level, one.confirmed_on, as_hours(one.minutes))
        for one in _stars(asked).iterator(chunk_size=CHUNK)
    )
    return [
        _person_part(asked, phones, note),
        Part(_("Service done"), service, service_rows(), f"{note} {_('Hours are after corrections.')}"),
        Part(_("Training"), training, training_rows(), note),
        Part(
            _("Commendations"),
            [*who, _("honour"), _("day"), _("honoured by"), _("honoured for")],
            honours,
            note,
        ),
        Part(
            _("Evaluation"),
            [*who, _("stars"), _("confirmed on"), _("hours served")],
            stars,
            f"{note} {_('Kept here are the stars that were confirmed after public notice.')}",
        ),
    ]


EXPORTS = {
    "platform": Export(gettext_lazy("Columns of the national volunteer platform (.xlsx)"), platform),
    "record": Export(gettext_lazy("Fields of the ministry's record of service (.xlsx)"), record),
}
