"""What a volunteer may do with the own data: see, take along, correct, take the consent back, have it deleted.

PIPL articles 15 (withdrawal), 44–47 (see, copy, correct, delete). What a rule asks to be kept stays: lines of the
ledger and issued certificates, under the volunteer number.
"""

from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts import leaving
from accounts.models import PersonalDataAccess, User
from campaign.models import Appointment, Community, ContactWish, Message
from volunteers import people, signups, waiting
from volunteers.models import Activity, CalendarFeed, Volunteer
from volunteers.waiting import HOLDS

Section = tuple[str, list[str], list[list[Any]]]
"""a title, the headings, the rows"""


# --- Correct ---------------------------------------------------------------------------------------
@transaction.atomic
def correct(volunteer: Volunteer, *, name: str, community: Community) -> Volunteer:
    """Another name or community, as the person says. What was recorded before keeps its place.

    Raises Refused for a name that is none and a community of another street.
    """
    volunteer = waiting.lock(Volunteer, volunteer.pk)
    name = name.strip()
    people.check(volunteer.committee, community, name, volunteer.phone)
    volunteer.name, volunteer.community = name, community
    volunteer.save(update_fields=["name", "community"])
    account = volunteer.user
    if account and not _works_here(account):
        account.name = name
        account.save(update_fields=["name"])
    return volunteer


# --- Take the consent back, have it deleted --------------------------------------------------------
@transaction.atomic
def withdraw(volunteer: Volunteer, *, by: Any = None) -> Volunteer:
    """Take the consent back: the person leaves what is to come and is asked again before the next sign-up.

    What was done before stays lawful and stays. Withdrawing twice is withdrawing once.
    """
    volunteer = waiting.lock(Volunteer, volunteer.pk)
    _leave_what_is_to_come(volunteer)
    volunteer.consents.filter(withdrawn_at=None).update(withdrawn_at=timezone.now())
    return volunteer


def _leave_what_is_to_come(volunteer: Volunteer) -> None:
    now = timezone.now()
    coming = volunteer.signups.filter(
        state__in=HOLDS, activity__starts_at__gt=now, activity__state=Activity.State.PUBLISHED
    )
    for signup in coming.order_by("activity", "pk"):
        signups.leave(signup, now=now)


@transaction.atomic
def erase(volunteer: Volunteer, *, by: Any = None) -> Volunteer:
    """Delete what tells who this is; counts, hours and issued certificates stay under the volunteer number.

    The account goes too, unless it belongs to somebody who is appointed here. Deleting twice is deleting once.
    """
    volunteer = withdraw(volunteer, by=by)
    if volunteer.erased_at:
        return volunteer
    today, account = timezone.localdate(), volunteer.user
    volunteer.name, volunteer.phone = volunteer.number, leaving.nobodys_number(volunteer.pk)
    volunteer.birth_year, volunteer.user, volunteer.erased_at = None, None, timezone.now()
    volunteer.left_on = volunteer.left_on or today
    volunteer.save()
    volunteer.skills.clear()
    for membership in volunteer.memberships.filter(left_on=None):
        membership.left_on = today
        membership.save(update_fields=["left_on"])
    _leave_the_group(volunteer, today)
    _forget_guardians(volunteer)
    CalendarFeed.objects.filter(volunteer=volunteer).delete()
    titled = ContentType.objects.get_for_model(Volunteer)  # the office's log of changes bears the row's title
    LogEntry.objects.filter(content_type=titled, object_id=str(volunteer.pk)).update(
        object_repr=volunteer.number
    )
    if account:
        _let_go(account, volunteer.number)
    return volunteer


@transaction.atomic
def let_child_go(child: Volunteer, guardian: Volunteer) -> Volunteer:
    """A guardian takes the consent for a child back: the child leaves what is to come. A child without an account,
    for whom nobody else answers, has its data deleted with it. Doing it twice is doing it once.
    """
    child = waiting.lock(Volunteer, child.pk)
    _leave_what_is_to_come(child)
    given = child.guardianships.filter(withdrawn_at=None)
    given.filter(guardian=guardian).update(withdrawn_at=timezone.now())
    if child.user_id is None and not given.exists():
        return erase(child)
    return child


def _leave_the_group(volunteer: Volunteer, today: Any) -> None:
    member = getattr(volunteer, "party_member", None)
    if member and member.withdrawn_on is None:
        member.withdrawn_on = today
        member.save(update_fields=["withdrawn_on"])


def _forget_guardians(volunteer: Volunteer) -> None:
    """Who answered for the person is forgotten; whom the person answered for needs somebody else now."""
    now = timezone.now()
    volunteer.guardianships.update(name="", phone="")
    volunteer.guardianships.filter(withdrawn_at=None).update(withdrawn_at=now)
    volunteer.wards.filter(withdrawn_at=None).update(withdrawn_at=now)


def _let_go(account: User, called: str) -> None:
    if _works_here(account):
        return
    Message.objects.filter(recipient=account).delete()
    ContactWish.objects.filter(user=account).delete()
    leaving.anonymise(account, called)


def _works_here(account: User) -> bool:
    office = account.is_staff or account.is_superuser
    return office or Appointment.objects.filter(user=account).exists()


# --- See and take along ----------------------------------------------------------------------------
def kept(volunteer: Volunteer) -> list[Section]:
    """All that is kept about the person, in sections, for the person alone: the own number is whole here."""
    return [
        _person(volunteer),
        (
            _("Consents"),
            [_("version of the notice"), _("given at"), _("withdrawn at")],
            [[row.notice, row.given_at, row.withdrawn_at] for row in volunteer.consents.all()],
        ),
        (
            _("Teams"),
            [_("volunteer team"), _("takes part as"), _("joined on"), _("left on")],
            [
                [row.team.name, row.get_capacity_display(), row.joined_on, row.left_on]
                for row in volunteer.memberships.select_related("team")
            ],
        ),
        (
            _("Guardians' consents"),
            [_("guardian"), _("relation"), _("given at"), _("withdrawn at")],
            [
                [
                    row.guardian.name if row.guardian else row.name,
                    row.get_relation_display(),
                    row.given_at,
                    row.withdrawn_at,
                ]
                for row in volunteer.guardianships.select_related("guardian")
            ],
        ),
        (
            _("Sign-ups"),
            [_("activity"), _("day"), _("state"), _("signed up at")],
            [
                [row.activity.title, row.day, row.get_state_display(), row.joined_at]
                for row in volunteer.signups.select_related("activity").order_by("day", "pk")
            ],
        ),
        (
            _("Hours of service"),
            [_("what for"), _("day of service"), _("minutes"), _("reason"), _("note")],
            [
                [row.what, row.day, row.minutes, row.get_reason_display(), row.note]
                for row in volunteer.hour_entries.order_by("day", "pk")
            ],
        ),
        (
            _("Trainings"),
            [_("what was taught"), _("organiser"), _("day"), _("minutes")],
            [[row.content, row.organiser, row.day, row.minutes] for row in volunteer.trainings.all()],
        ),
        (
            _("Commendations"),
            [_("honour"), _("given by"), _("day"), _("what for")],
            [[row.title, row.given_by, row.day, row.reason] for row in volunteer.commendations.all()],
        ),
        (
            _("Certificates"),
            [_("serial number"), _("state"), _("first day"), _("last day")],
            [
                [row.serial, row.get_state_display(), row.first_day, row.last_day]
                for row in volunteer.certificates.defer("pdf")
            ],
        ),
        (
            _("Who looked at the whole number"),
            [_("at"), _("reason")],
            [[row.at, row.reason] for row in _looks(volunteer)],
        ),
    ]


def _person(volunteer: Volunteer) -> Section:
    said = [
        (_("volunteer number"), volunteer.number),
        (pgettext("person", "Name"), volunteer.name),
        (_("mobile number"), volunteer.phone),
        (_("community"), volunteer.community.name),
        (_("registered on"), volunteer.joined_on),
        (_("year of birth"), volunteer.birth_year),
        (_("what I can do"), _(", ").join(skill.name for skill in volunteer.skills.all())),
    ]
    return _("Person"), [heading for heading, _value in said], [[value for _heading, value in said]]


def _looks(volunteer: Volunteer) -> Any:
    return PersonalDataAccess.objects.filter(
        subject=Volunteer._meta.label, subject_id=str(volunteer.pk)
    ).order_by("at", "pk")


def as_rows(sections: list[Section]) -> list[list[Any]]:
    """The sections under one another, as a sheet shows them: section, what, value."""
    return [
        [title, number, heading, value]
        for title, headings, rows in sections
        for number, row in enumerate(rows, 1)
        for heading, value in zip(headings, row, strict=True)
        if value not in (None, "")
    ]


def as_tree(sections: list[Section]) -> dict[str, list[dict[str, Any]]]:
    """The same for programs: section → rows → heading → value."""
    return {
        title: [dict(zip(headings, row, strict=True)) for row in rows] for title, headings, rows in sections
    }
