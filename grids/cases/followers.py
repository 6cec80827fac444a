"""Who hears of a case: its reporter, the reporters of all that was merged into it, and who said "me too"."""

import datetime
import uuid
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.codes import digest
from campaign import outbox
from campaign.errors import Refused
from campaign.once import write_once
from grids.models import Case, CaseEvent, CaseFollower
from grids.workflow import OPEN, State


def family(case: Case) -> list[Case]:
    """The case and all that were merged into it, directly or by way of another; oldest first after itself."""
    found, level = [case], [case.pk]
    while level:
        rows = Case.objects.filter(merged_into__in=level, state=State.DUPLICATE).order_by("pk")
        level = [row.pk for row in rows]
        found += rows
    return found


def head_of(case: Case) -> Case:
    """Where a duplicate is followed: the case that it was merged into, and that one's, until the last."""
    while case.state == State.DUPLICATE and case.merged_into is not None:
        case = case.merged_into
    return case


def to_tell(case: Case) -> dict[str, str]:
    """Mobile number → the number by which its owner knows the report. Each mobile number once."""
    cases = family(case)
    said = CaseFollower.objects.filter(case__in=cases).exclude(phone="").order_by("pk")
    known = [(one.reporter_phone, one.code) for one in cases if one.reporter_phone]
    known += [(one.phone, one.code) for one in said]
    told: dict[str, str] = {}
    for phone, code in known:
        told.setdefault(phone, code)
    return told


def tell(case: Case, event: CaseEvent) -> None:
    """A text message to everybody whom the end of `case` concerns, once each, however often it is asked for."""
    for phone, code in to_tell(case).items():
        text = _("What you reported (%(category)s) has been dealt with. Case number %(code)s.")
        text %= {"category": case.category.name, "code": code}
        outbox.post("sms", phone, text, key=f"case-{event.pk}-{digest(phone)[:32]}")


def follow(
    case: Case,
    *,
    phone: str = "",
    user: Any = None,
    form_key: uuid.UUID | None = None,
    now: datetime.datetime | None = None,
) -> CaseFollower:
    """Say "me too" to an open case; by the same phone, account or form again it is the first time's row.

    Raises Refused for a case that has ended meanwhile.
    """
    person = user if getattr(user, "pk", None) else None
    if first := _followed(case, phone, person, form_key):
        return first
    if case.state not in OPEN:
        raise Refused(_("This has just been dealt with. If it is still there, report it anew."), "ended")
    row = CaseFollower(case=case, phone=phone, user=person, form_key=form_key, since=now or timezone.now())
    row.clean_fields(exclude=["case", "user"])

    def write() -> CaseFollower:
        row.save()
        return row

    return write_once(write, lambda: _followed(case, phone, person, form_key))


def _followed(case: Case, phone: str, person: Any, form_key: uuid.UUID | None) -> CaseFollower | None:
    rows = CaseFollower.objects.filter(case=case)
    for asked in ({"form_key": form_key}, {"phone": phone}, {"user": person}):
        if all(asked.values()) and (found := rows.filter(**asked).first()):
            return found
    return None
