"""Rows whose street follows from what they hang on, so that no form asks for it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaign.admin.scoped import ScopedAdmin
from campaign.scoping import reach_of


class PlacedAdmin(ScopedAdmin):
    """Sets the committee from the first of `street_from` that is filled in, or from the person's own street;
    lets no row mix two streets."""

    exclude = ("committee",)
    street_from: tuple[str, ...] = ("community",)

    def save_row(self, row: Any, by: Any) -> None:
        settle(row, self.street_from, by)
        row.full_clean()
        row.save()


def settle(row: Any, street_from: tuple[str, ...], by: Any) -> None:
    """Give `row` the committee of what it hangs on. Raises ValidationError where that is two streets or none."""
    hosts = [getattr(row, field.name) for field in row._meta.concrete_fields if field.is_relation]
    streets = {host.committee_id for host in hosts if hasattr(host, "committee_id")}
    if len(streets) > 1:
        raise ValidationError(_("What was chosen belongs to two different streets."))
    place = next((getattr(row, name) for name in street_from if getattr(row, name)), None)
    if place is not None:
        row.committee_id = place.committee_id
    elif row.committee_id is None:
        own = reach_of(by).committees
        if len(own) != 1:
            raise ValidationError(_("It is not clear which street this belongs to."))
        (row.committee_id,) = own
