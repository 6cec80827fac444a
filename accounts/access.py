"""Showing personal data unmasked: permitted by the caller, reasoned, logged before anything is shown."""

from django.db import models

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
