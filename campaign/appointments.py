"""Who holds which role, from when until when: the two verbs through which roles come and go."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.errors import Refused
from campaign.models import Appointment, Committee, Community, Unit
from campaign.roles import ADMIN_ROLES
from campaign.scoping import reach_of
from campaign.scoping.reach import forget


@transaction.atomic
def appoint(
    user: User,
    role: str,
    committee: Committee,
    *,
    community: Community | None = None,
    unit: Unit | None = None,
    title: str = "",
    since: datetime.date | None = None,
    until: datetime.date | None = None,
    by: User | None = None,
) -> Appointment:
    """Give `user` a role at a place from a day on (today unless said).

    The same role at the same place that is still held is returned as it is. Raises Refused when `by` may not
    appoint in that street, ValidationError when role and place do not fit.
    """
    _may_appoint(by, committee)
    User.objects.select_for_update().get(pk=user.pk)
    since = since or timezone.localdate()
    held = Appointment.objects.on(since).filter(
        user=user, role=role, committee=committee, community=community, unit=unit
    )
    if appointment := held.first():
        return appointment
    appointment = Appointment(
        user=user, role=role, title=title, committee=committee, community=community, unit=unit,
        since=since, until=until,
    )  # fmt: skip
    appointment.full_clean()
    appointment.save()
    keep_in_step(user)
    return appointment


@transaction.atomic
def end(appointment: Appointment, day: datetime.date, by: User | None = None) -> Appointment:
    """End an appointment: `day` is the first day on which it no longer holds. Never deletes it."""
    _may_appoint(by, appointment.committee)
    locked = Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    if day <= locked.since:
        raise Refused(_("It must end after the day on which it began."), "ends_too_early")
    locked.until = day
    locked.save(update_fields=["until"])
    keep_in_step(locked.user)
    return locked


def keep_in_step(user: User) -> None:
    """Whether the admin's link is shown follows the appointments of today; the admin itself asks them anew."""
    held = Appointment.objects.held_by(user, timezone.localdate())
    wanted = user.is_superuser or held.filter(role__in=ADMIN_ROLES).exists()
    if user.is_staff != wanted:
        user.is_staff = wanted
        user.save(update_fields=["is_staff"])
    forget(user)


def _may_appoint(by: User | None, committee: Committee) -> None:
    """The system (None), the administrator, and the officials of that very street."""
    if by is None:
        return
    reach = reach_of(by)
    if not (reach.everything or committee.pk in reach.committees):
        raise Refused(_("Only an official of this street may do this."), "not_yours")
