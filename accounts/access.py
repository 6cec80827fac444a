"""Showing personal data unmasked: permitted by the caller, reasoned, logged before anything is shown."""

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction

from accounts.models import PersonalDataAccess, User


def unmask(record: models.Model, field: str, *, by: User, reason: str) -> str:
    """The unmasked value of `field`, after a row that says who saw it and why.

    The caller has already checked that `record` is within the scope of `by`.
    """
    reason = reason.strip()
    if not reason:
        raise ValueError("a reason is needed")
    PersonalDataAccess.objects.create(
        by=by, subject=record._meta.label, subject_id=str(record.pk), field=field, reason=reason[:200]
    )
    return str(getattr(record, field))


@transaction.atomic
def unmask_all(
    records: Iterable[models.Model], field: str, *, by: User, reason: str, batch: int = 1000
) -> dict[Any, str]:
    """The unmasked values of `field` by key, after a row for each record that says who saw it and why.

    As with `unmask`, all of `records` are within the scope of `by`. Raises ValueError without a reason.
    """
    reason = reason.strip()
    if not reason:
        raise ValueError("a reason is needed")
    found = {record.pk: (record._meta.label, str(getattr(record, field))) for record in records}
    rows = [
        PersonalDataAccess(by=by, subject=label, subject_id=str(key), field=field, reason=reason[:200])
        for key, (label, _value) in found.items()
    ]
    PersonalDataAccess.objects.bulk_create(rows, batch_size=batch)
    return {key: value for key, (_label, value) in found.items()}
