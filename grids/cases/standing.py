"""What stands in a case before a move, kept with the move's event, and put back when it is undone.

Whatever a move may write is kept, also what later versions of the model add; what a case *is* (its place,
words, reporter) is not: a correction made meanwhile stays.
The run of its clocks only ever counts up.
"""

import datetime
import uuid
from decimal import Decimal
from typing import Any

from grids.models import Case

WHAT_IT_IS = frozenset(
    {
        "id", "code", "committee", "community", "zone", "point", "category", "source", "description", "address",
        "longitude", "latitude", "reporter", "reporter_phone", "external_number", "reported_at", "reported_on",
        "form_key", "clock_run",
    }
)  # fmt: skip


def kept_of(case: Case) -> dict[str, Any]:
    """The values that moves may change, as JSON can hold them."""
    return {field.attname: _plain(getattr(case, field.attname)) for field in _changing()}


def put_back(case: Case, kept: dict[str, Any]) -> None:
    """Give `case` the values of `kept` again; nothing is saved. What was not kept stays as it is."""
    for field in _changing():
        if field.attname in kept:
            target = field.target_field if field.is_relation else field
            setattr(case, field.attname, target.to_python(kept[field.attname]))


def _changing() -> list[Any]:
    return [field for field in Case._meta.concrete_fields if field.name not in WHAT_IT_IS]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | uuid.UUID) else value
