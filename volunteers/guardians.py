"""Minors: a parent or guardian agrees first, and a child under 14 never comes alone.

Sources: Regulations on Voluntary Service (guardian's consent), PIPL article 31 (under 14). Only the year of birth
is kept, so who may not have had the birthday yet counts as younger.
"""

import datetime
import secrets
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import phones
from campaign.errors import Refused
from campaign.roles import may
from volunteers import people, waiting
from volunteers.models import Activity, Guardianship, Signup, Volunteer

OF_AGE = 18
ACCOMPANIED_UNDER = 14
MOST_CHILDREN = 6
"""entered by one guardian; who needs more asks the community"""


# --- What holds ------------------------------------------------------------------------------------
def age_on(volunteer: Volunteer, day: datetime.date) -> int | None:
    """The years that the person has for certain on that day; None where the year of birth is not kept."""
    return None if volunteer.birth_year is None else day.year - volunteer.birth_year - 1


def needs_consent(volunteer: Volunteer, day: datetime.date) -> bool:
    """Whether a guardian must have agreed and has not."""
    age = age_on(volunteer, day)
    if age is None or age >= OF_AGE:
        return False
    return not volunteer.guardianships.filter(withdrawn_at=None).exists()


def would_be_alone(volunteer: Volunteer, activity: Activity) -> bool:
    """Whether this is a child under 14 of whom no guardian has a place at the activity."""
    age = age_on(volunteer, activity.day)
    if age is None or age >= ACCOMPANIED_UNDER:
        return False
    coming = Signup.objects.filter(activity=activity, state=Signup.State.CONFIRMED)
    return not coming.filter(volunteer__in=_guardians(volunteer)).exists()


def left_alone(guardian: Volunteer, activity: Activity) -> list[Signup]:
    """The sign-ups of children who would be there alone, now that the guardian does not come. The activity is
    locked by the caller."""
    expected = activity.signups.filter(state__in=waiting.HOLDS, volunteer__in=_children(guardian))
    rows = expected.select_related("volunteer").order_by("pk")
    return [row for row in rows if would_be_alone(row.volunteer, activity)]


def coming_of(child: Volunteer) -> list[Signup]:
    """What a child is signed up for and has not begun yet, the next first."""
    rows = child.signups.filter(
        state__in=waiting.HOLDS,
        activity__state=Activity.State.PUBLISHED,
        activity__starts_at__gt=timezone.now(),
    )
    return list(rows.select_related("activity").order_by("day", "pk")[:20])


def _guardians(volunteer: Volunteer) -> QuerySet[Volunteer]:
    return Volunteer.objects.filter(wards__volunteer=volunteer, wards__withdrawn_at=None)


def _children(guardian: Volunteer) -> QuerySet[Volunteer]:
    given = Guardianship.objects.filter(guardian=guardian, withdrawn_at=None)
    return Volunteer.objects.filter(pk__in=given.values("volunteer"), left_on=None)


def children_of(user: Any) -> Q:
    """The volunteers for whom `user` answers, as a condition."""
    given = Guardianship.objects.filter(guardian__user=user.pk, withdrawn_at=None)
    return Q(pk__in=given.values("volunteer"))


# --- Agreeing, and taking it back ------------------------------------------------------------------
@transaction.atomic
def add_child(guardian: Volunteer, *, name: str, birth_year: int, relation: str) -> Volunteer:
    """Register the guardian's child, with the guardian's consent. Doing it twice is doing it once.

    The child needs no number: messages go to the guardian. Raises Refused for who is of age, who has not agreed
    to the notice, and too many children.
    """
    guardian = waiting.lock(Volunteer, guardian.pk)
    name, now = name.strip(), timezone.now()
    people.check(guardian.committee, guardian.community, name, guardian.phone)
    if not people.has_consented(guardian):
        raise Refused(
            _("Agree to the privacy notice first: without it we may not keep your data."), "consent"
        )
    if not 0 <= now.year - birth_year <= OF_AGE:
        raise Refused(_("Enter the year of birth of a child under 18."), "birth_year")
    there = _children(guardian).filter(name=name, birth_year=birth_year).first()
    if there:
        return there
    if _children(guardian).count() >= MOST_CHILDREN:
        raise Refused(_("That is many children. Ask your community to enter them."), "many")
    child = Volunteer.objects.create(
        committee=guardian.committee,
        community=guardian.community,
        number=people.new_number(),
        name=name,
        phone=f"0{secrets.randbelow(10**10):010d}",  # nobody's: the number of a telephone begins with 1
        joined_on=timezone.localdate(),
        birth_year=birth_year,
        is_demo=guardian.is_demo,
    )
    Guardianship.objects.create(volunteer=child, guardian=guardian, relation=relation, given_at=now)
    people.agree(child)
    return child


@transaction.atomic
def agreed_on_paper(volunteer: Volunteer, *, name: str, phone: str, relation: str, by: Any) -> Guardianship:
    """Enter the consent that a guardian signed on paper. The one that stands is returned if it says the same.

    Raises Refused for who may not enter volunteers, a name or number that is none, and the minor's own number.
    """
    if by is not None and not (may(by, "volunteers.enter") and volunteer.is_visible_to(by)):
        raise Refused(_("Only the community or the team leader may enter this. Ask them."), "role")
    volunteer = waiting.lock(Volunteer, volunteer.pk)
    name, phone = name.strip(), phones.normalise(phone)
    people.check(volunteer.committee, volunteer.community, name, phone)
    if phone == volunteer.phone:
        raise Refused(_("This is the minor's own number. Enter the guardian's."), "own")
    stands = volunteer.guardianships.filter(guardian=None, withdrawn_at=None).first()
    if stands and (stands.name, stands.phone, stands.relation) == (name, phone, relation):
        return stands
    if stands:
        stands.withdrawn_at = timezone.now()
        stands.save(update_fields=["withdrawn_at"])
    return Guardianship.objects.create(
        volunteer=volunteer,
        name=name,
        phone=phone,
        relation=relation,
        given_at=timezone.now(),
        entered_by=by,
    )
