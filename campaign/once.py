"""A form that is sent twice, by a double click or a retry, is entered once: the database lets one key in."""

from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError

from campaign import photos

Row = TypeVar("Row")


def write_once(write: Callable[[], Row], earlier: Callable[[], Row | None]) -> Row:
    """What `write` makes, or what `earlier` finds if another sending of the same form came in at the same moment.

    `write` runs in a savepoint, photos included. Raises IntegrityError when something else than the form's key
    stood in the way.
    """
    try:
        with photos.together():
            return write()
    except IntegrityError:
        if (first := earlier()) is not None:
            return first
        raise
