"""The photos of a case: repainted on their way in, each kept once at its stage."""

import datetime
from typing import Any

from django.utils import timezone

from campaign import photos
from grids.models import Case, CasePhoto


def add_photo(
    case: Case, photo: Any, stage: str, *, by: Any = None, now: datetime.datetime | None = None
) -> CasePhoto:
    """Keep a photo with the case; the same photo at the same stage is kept once. Raises ValidationError."""
    picture = photos.accept(photo)
    digest = photos.digest(picture)
    if kept := CasePhoto.objects.filter(case=case, stage=stage, digest=digest).first():
        return kept
    kept = CasePhoto(
        case=case, stage=stage, digest=digest, file=picture, taken_at=now or timezone.now(), by=by
    )
    photos.keep(kept)
    return kept
