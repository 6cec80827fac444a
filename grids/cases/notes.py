"""Notes beside a case: for those who work on it, or for whoever follows it."""

import datetime
import re
import uuid
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from campaign import photos
from campaign.errors import Refused
from campaign.once import write_once
from campaign.roles import Role
from grids.cases.people import roles_in
from grids.cases.photos import add_photo, stage_now
from grids.models import Case, CaseNote
from grids.workflow import REPORTER

SPEAKERS = frozenset({Role.OFFICIAL, Role.ZONE_LEADER, Role.SECRETARY, Role.CLERK})
"""who answers a resident in the street's name"""
MOST_PHOTOS = 30
_LONG_NUMBER = re.compile(r"\d{7,}")


def may_note(case: Case, user: Any) -> bool:
    """Whether the person may write beside the case."""
    return bool(roles_in(case, user) - {REPORTER})


def may_answer(case: Case, user: Any) -> bool:
    """Whether the person may write what the reporter reads."""
    return not roles_in(case, user).isdisjoint(SPEAKERS)


def note(
    case: Case,
    text: str,
    *,
    by: Any,
    public: bool = False,
    photo: Any = None,
    form_key: uuid.UUID | None = None,
    now: datetime.datetime | None = None,
) -> CaseNote:
    """Write a line beside the case, with a photo of how the work goes on if given; the same form once.

    Raises Refused: not the person's to write, nothing said, a telephone number in what the public reads, too
    many photos; ValidationError for a photo that cannot be read.
    """
    now, text = now or timezone.now(), " ".join(text.split())
    picture = photos.accept(photo) if photo else None
    if first := _noted_before(form_key, case, by):
        return first
    _refuse(case, text, by, public)
    if picture and (not case.is_open or case.photos.count() >= MOST_PHOTOS):
        raise Refused(_("No more photos can be added to this case."), "too_many_photos")

    def write() -> CaseNote:
        row = CaseNote.objects.create(case=case, text=text, public=public, by=by, at=now, form_key=form_key)
        if picture:
            add_photo(case, picture, stage_now(case), by=by, now=now)
        return row

    return write_once(write, lambda: _noted_before(form_key, case, by))


def _noted_before(form_key: uuid.UUID | None, case: Case, by: Any) -> CaseNote | None:
    row = CaseNote.objects.filter(form_key=form_key).first() if form_key else None
    if row and (row.case_id, row.by_id) != (case.pk, by.pk):
        raise Refused(_("This form was used by someone else. Open the page anew."), "form_key")
    return row


def _refuse(case: Case, text: str, by: Any, public: bool) -> None:
    if not may_note(case, by):
        raise Refused(_("This step is not yours to make."), "role")
    if not text:
        raise Refused(_("Write a sentence."), "needs_text")
    if len(text) > CaseNote._meta.get_field("text").max_length:
        raise Refused(_("The note is too long: at most 500 signs."), "note_too_long")
    if public and not may_answer(case, by):
        raise Refused(
            _("What the reporter reads is written by the street, the community or the zone leader."), "role"
        )
    if public and _LONG_NUMBER.search(text):
        raise Refused(
            _("What the reporter reads must hold no telephone or identity number."), "personal_data"
        )
