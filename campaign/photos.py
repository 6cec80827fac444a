"""Photos that people send: only their pixels are kept.

Nothing of the sent file survives but the picture: it is decoded, turned upright, scaled and painted into a
new image that is written anew. So no place, no device, no comment and no script that rode along is stored.
"""

import hashlib
import io
import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

log = logging.getLogger(__name__)

FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST_SIDE = 1600  # pixels
QUALITY = 82

# What makes a picture also a page, a program or an archive. No camera writes these.
_ALSO_SOMETHING_ELSE = (b"<script", b"<?php", b"<html", b"<!doctype", b"<svg", b"%pdf-")
_END_OF_ZIP = b"PK\x05\x06"
_ZIP_TAIL = 66_000  # bytes: where an archive that is glued to a picture keeps its directory


class Photo(ContentFile):
    """A photo that went through `accept`; verbs take it as it is."""


def accept(upload: Any) -> Photo:
    """The picture in the file `upload` as a JPEG of at most 1600 pixels a side, without metadata.

    Accepts JPEG, PNG and WebP up to settings.PHOTO_LIMIT_BYTES and settings.PHOTO_LIMIT_PIXELS. Raises
    ValidationError, with a sentence for the person, for everything else, whatever is wrong with it. A Photo
    is given back as it is.
    """
    if isinstance(upload, Photo):
        return upload
    content = _read(upload)
    try:
        return Photo(_repaint(content), name=f"{uuid.uuid4().hex}.jpg")
    except ValidationError:
        raise
    except Exception as error:  # decoders fail in many ways on hostile files, and none may be a 500
        log.info("a photo was refused: %s", type(error).__name__)
        raise ValidationError(
            _("The photo cannot be read. Send it as JPEG, PNG or WebP."), "unreadable"
        ) from error


_kept: ContextVar[list[Any] | None] = ContextVar("_kept", default=None)
"""the files that the transaction under way has stored"""


@contextmanager
def together() -> Iterator[None]:
    """A transaction whose photos go with it: when it is undone, no file stays behind that nobody knows of.

    May be nested; a file that an inner one stored is removed when an outer one is undone. Only files of
    `keep` are known. A process killed in between still leaves its file: no row leads there.
    """
    outer, mine = _kept.get(), []
    token = _kept.set(mine)
    undone = True
    try:
        with transaction.atomic():
            yield
            undone = transaction.get_rollback()
    except BaseException:
        undone = True
        raise
    finally:
        _kept.reset(token)
        if undone:
            _remove(mine)
        elif outer is not None:
            outer += mine


def keep(row: Model, field: str = "file") -> None:
    """Save a new row with the photo in its `field`; the file goes again if the transaction is undone."""
    with together():
        kept = _kept.get()
        if kept is not None:
            kept.append(getattr(row, field))
        row.save()


def _remove(files: list[Any]) -> None:
    for file in files:
        try:
            file.storage.delete(file.name)
        except Exception as error:  # what went wrong before is what the person must hear of
            log.warning("a photo stayed behind: %s", type(error).__name__)


def digest(content: Any) -> str:
    """The SHA-256 of a photo's bytes, by which the same photo sent twice is known."""
    data = content if isinstance(content, bytes) else _bytes_of(content)
    return hashlib.sha256(data).hexdigest()


def _bytes_of(file: Any) -> bytes:
    file.seek(0)
    data = file.read()
    file.seek(0)
    return data


def _read(upload: Any) -> bytes:
    limit = settings.PHOTO_LIMIT_BYTES
    try:
        upload.seek(0)
        content = upload.read(limit + 1)
    except Exception as error:
        raise ValidationError(_("The photo did not arrive. Please send it again."), "unreadable") from error
    if len(content) > limit:
        raise ValidationError(
            _("The photo is larger than %(limit)d MB."), "too_large", {"limit": limit // (1024 * 1024)}
        )
    if not content:
        raise ValidationError(_("The photo is empty. Please send it again."), "empty")
    _refuse_two_faced(content)
    return content


def _refuse_two_faced(content: bytes) -> None:
    lower = content.lower()
    if any(sign in lower for sign in _ALSO_SOMETHING_ELSE) or _END_OF_ZIP in content[-_ZIP_TAIL:]:
        raise ValidationError(_("The file is not only a photo. Take the photo again."), "two_faced")


def _repaint(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content), formats=FORMATS) as sent:
        width, height = sent.size  # from the header: nothing is decoded yet
        if width * height > settings.PHOTO_LIMIT_PIXELS:
            raise ValidationError(
                _("The photo has more than %(limit)d million pixels."),
                "too_many_pixels",
                {"limit": settings.PHOTO_LIMIT_PIXELS // 1_000_000},
            )
        sent.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        sent.load()
        upright = ImageOps.exif_transpose(sent)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    pixels = upright.convert("RGBA")
    canvas = Image.new("RGB", pixels.size, "white")
    canvas.paste(pixels, mask=pixels.getchannel("A"))
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
