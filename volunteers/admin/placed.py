"""Rows whose street follows from the place they hang on, so that no form asks for it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaign.admin.scoped import ScopedAdmin


class PlacedAdmin(ScopedAdmin):
    """Sets the committee from the first of `street_from` that is filled in, and lets no row mix two streets."""

    exclude = ("committee",)
    street_from: tuple[str, ...] = ("community",)

    def save_row(self, row: Any, by: Any) -> None:
        settle(row, self.street_from)
        row.full_clean()
        row.save()


def settle(row: Any, street_from: tuple[str, ...]) -> None:
    """Give `row` the committee of what it hangs on. Raises ValidationError where that is two streets."""
    filled = [
        field for field in row._meta.concrete_fields if field.is_relation and getattr(row, field.attname)
    ]
    hosts = [getattr(row, field.name) for field in filled]
    streets = {host.committee_id for host in hosts if hasattr(host, "committee_id")}
    if len(streets) > 1:
        raise ValidationError(_("What was chosen belongs to two different streets."))
    place = next((getattr(row, name) for name in street_from if getattr(row, f"{name}_id")), None)
    if place is not None:
        row.committee_id = place.committee_id
