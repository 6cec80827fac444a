"""The photos of a case: repainted on their way in, each kept once at its stage."""

import datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign import photos
from campaign.errors import Refused
from grids.models import Case, CasePhoto
from grids.workflow import State

SENT_BACK = ("rework", "reopen", "recheck_reopens")


def add_photo(
    case: Case, photo: Any, stage: str, *, by: Any = None, now: datetime.datetime | None = None
) -> CasePhoto:
    """Keep a photo with the case; the same photo at the same stage is kept once. Raises ValidationError.

    `now` is when the sender noted the photo, such as a patroller without network; it is never later than the
    moment of arrival, which is kept too.
    """
    picture = photos.accept(photo)
    digest = photos.digest(picture)
    if kept := CasePhoto.objects.filter(case=case, stage=stage, digest=digest).first():
        return kept
    arrived = timezone.now()
    kept = CasePhoto(
        case=case,
        stage=stage,
        digest=digest,
        file=picture,
        taken_at=min(now or arrived, arrived),
        received_at=arrived,
        by=by,
    )
    photos.keep(kept)
    return kept


def stage_now(case: Case) -> str:
    """What a photo that comes without a step shows: how it was found, or how the work goes on."""
    found = case.state in (State.RECEIVED, State.FILED)
    return CasePhoto.Stage.BEFORE if found else CasePhoto.Stage.DURING


def refuse_proof(case: Case, photo: photos.Photo) -> None:
    """Raises Refused for an after photo that this case has already: a proof is a new picture."""
    if case.photos.filter(digest=photos.digest(photo)).exists():
        raise Refused(
            _("This photo is already with the case: take a new one that shows the place after the work."),
            "photo_again",
        )


def refuse_unproven(case: Case) -> None:
    """Raises Refused unless a photo shows the place after the work.

    It must be later than every photo from before, and than the last time the case was sent back or opened again.
    """
    latest = {
        row["stage"]: row["last"]
        for row in case.photos.order_by().values("stage").annotate(last=Max("taken_at"))
    }
    after = latest.get(CasePhoto.Stage.AFTER)
    if after is None:
        raise Refused(_("There is no photo of the place after the work: send it back."), "needs_after_photo")
    before = latest.get(CasePhoto.Stage.BEFORE)
    again = case.events.filter(move__in=SENT_BACK).aggregate(last=Max("at"))["last"]
    if any(moment is not None and after <= moment for moment in (before, again)):
        raise Refused(
            _("The photo of afterwards is not later than the one from before: send it back."), "photo_too_old"
        )
