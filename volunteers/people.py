"""Registering volunteers: once a street and phone, by whatever door."""

import datetime
import secrets
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import phones
from accounts.models import User
from campaign.errors import Refused
from campaign.models import Committee, Community
from volunteers.models import Consent, Skill, Volunteer

NOTICE_VERSION = "2026-11"
"""the privacy notice that people agree to today; a new wording is a new version"""


def new_number() -> str:
    """A volunteer number that tells nothing of the person: never a phone or an identity number (MZ/T 061)."""
    return f"HG{secrets.randbelow(10**8):08d}"


@transaction.atomic
def register(
    *,
    committee: Committee,
    community: Community,
    name: str,
    phone: str,
    user: User | None = None,
    joined_on: datetime.date | None = None,
    consent: bool = True,
) -> Volunteer:
    """Register a volunteer. Who is registered with this phone already is returned, and comes back if gone;
    an account is linked where there was none.

    Raises Refused for a name or phone that is none, a community of another street, and an account or phone
    that belongs to another volunteer.
    """
    name, phone = name.strip(), phones.normalise(phone)
    check(committee, community, name, phone)
    values = {
        "community": community,
        "name": name,
        "user": _free_account(user, committee, phone),
        "joined_on": joined_on or timezone.localdate(),
        "is_demo": phones.is_demo(phone),
    }
    volunteer, made = _get_or_create(committee, phone, values)
    if not made:
        _welcome_back(volunteer, user)
    if consent:
        agree(volunteer)
    return volunteer


@transaction.atomic
def register_with_account(*, committee: Committee, community: Community, name: str, phone: str) -> Volunteer:
    """Register who has just proved by one-time code to hold the phone, with an account to come back by.

    An account of the office is refused: it is entered by password, and a code must not be a second key to it.
    """
    name, phone = name.strip(), phones.normalise(phone)
    check(committee, community, name, phone)
    return register(
        committee=committee, community=community, name=name, phone=phone, user=_account(name, phone)
    )


def has_consented(volunteer: Volunteer) -> bool:
    """Whether the person agreed to today's privacy notice and has not taken it back. A new notice asks again."""
    return volunteer.consents.filter(notice=NOTICE_VERSION, withdrawn_at=None).exists()


def agree(volunteer: Volunteer) -> Consent:
    """Note that the person agrees to today's notice. Agreeing twice is agreeing once; after a withdrawal it is a
    new row."""
    return Consent.objects.get_or_create(
        volunteer=volunteer,
        notice=NOTICE_VERSION,
        withdrawn_at=None,
        defaults={"given_at": timezone.now()},
    )[0]


def told(volunteer: Volunteer) -> Volunteer:
    """Who is told what concerns the person: a child without a number of its own is told through the guardian."""
    if volunteer.has_phone:
        return volunteer
    answers = Volunteer.objects.filter(wards__volunteer=volunteer, wards__withdrawn_at=None, left_on=None)
    return answers.select_related("user").first() or volunteer


@transaction.atomic
def complete(
    volunteer: Volunteer,
    *,
    skills: Iterable[Skill] = (),
    birth_year: int | None = None,
    consent: bool = False,
) -> Volunteer:
    """Add what a position asks for: skills that the person names, the year of birth, the consent. Nothing is
    taken away. Raises Refused for a skill of another street and a year that nobody is born in."""
    skills = list(skills)
    if any(skill.committee_id != volunteer.committee_id for skill in skills):
        raise Refused(_("Choose skills of this street."), "skills")
    if birth_year is not None:
        _set_birth_year(volunteer, birth_year)
    volunteer.skills.add(*skills)
    if consent:
        agree(volunteer)
    return volunteer


@transaction.atomic
def set_skills(volunteer: Volunteer, skills: Iterable[Skill], birth_year: int | None) -> Volunteer:
    """What the person says on the own page that they can do, in place of what was said before."""
    volunteer.skills.clear()
    if birth_year is None:
        Volunteer.objects.filter(pk=volunteer.pk).update(birth_year=None)
        volunteer.birth_year = None
    return complete(volunteer, skills=skills, birth_year=birth_year)


def _set_birth_year(volunteer: Volunteer, year: int) -> None:
    if not 1900 <= year <= timezone.localdate().year:
        raise Refused(_("Enter the year of birth with four digits, such as 1985."), "birth_year")
    volunteer.birth_year = year
    volunteer.save(update_fields=["birth_year"])


def check(committee: Committee, community: Community, name: str, phone: str) -> None:
    """Raise Refused for a community of another street, and a name or phone that is none."""
    if community.committee_id != committee.pk:
        raise Refused(_("The community belongs to another street. Choose one of this street."), "community")
    if not name or len(name) > 40:
        raise Refused(_("Enter a name of at most 40 characters."), "name")
    try:
        phones.check(phone)
    except ValidationError as error:
        raise Refused(error.messages[0], "phone") from error


def _account(name: str, phone: str) -> User:
    fresh = User(phone=phone, name=name, is_demo=phones.is_demo(phone))
    fresh.set_unusable_password()
    values = {"name": name, "is_demo": fresh.is_demo, "password": fresh.password}
    user, _made = User.objects.get_or_create(phone=phone, defaults=values)
    if user.is_staff or user.is_superuser:
        raise Refused(
            _("This number belongs to an account of the office. Sign in with its password."), "staff"
        )
    if not user.is_active:
        raise Refused(_("This account may not sign in. Ask the street office."), "inactive")
    return user


def _free_account(user: User | None, committee: Committee, phone: str) -> User | None:
    """The account, if it is nobody else's: one account is one volunteer."""
    taken = user and Volunteer.objects.filter(user=user).exclude(committee=committee, phone=phone).first()
    if taken:
        raise Refused(
            _("You are registered as a volunteer already, with another number or in another street."),
            "elsewhere",
        )
    return user


def _get_or_create(committee: Committee, phone: str, values: dict[str, Any]) -> tuple[Volunteer, bool]:
    for _try in range(5):
        try:
            return Volunteer.objects.get_or_create(
                committee=committee, phone=phone, defaults={**values, "number": new_number()}
            )
        except IntegrityError:  # the drawn number is someone's: draw again
            continue
    raise Refused(_("The registration did not work. Try again."), "number")


def _welcome_back(volunteer: Volunteer, user: User | None) -> None:
    changed = []
    if user and volunteer.user_id is None:
        volunteer.user = user
        changed.append("user")
    elif user and volunteer.user_id != user.pk:
        raise Refused(
            _("This number belongs to another volunteer's account. Ask your community."), "other_account"
        )
    if volunteer.left_on:
        volunteer.left_on = None
        changed.append("left_on")
    if changed:
        volunteer.save(update_fields=changed)
