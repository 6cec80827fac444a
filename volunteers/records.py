"""Entering what belongs into a person's record besides hours: trainings and commendations."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.errors import Refused
from campaign.roles import may
from volunteers.models import Commendation, Training


def enter(line: Training | Commendation, *, by: Any) -> Training | Commendation:
    """Keep a line of a record; its place is the volunteer's. The same line twice is refused by the database's rule.

    Raises Refused for who may not see the volunteer, ValidationError for a day to come and what the fields refuse.
    """
    if not (may(by, "volunteers.enter") and line.volunteer.is_visible_to(by)):
        raise Refused(_("Only the volunteer's own community or team enters this."), "role")
    if line.volunteer.user_id == by.pk:
        raise Refused(_("Nobody writes into their own record."), "own")
    if line.day and line.day > timezone.localdate():
        raise ValidationError({"day": _("Choose a day that has come.")})
    line.committee_id, line.community_id = line.volunteer.committee_id, line.volunteer.community_id
    if line.entered_by_id is None:
        line.entered_by = by
    line.full_clean()
    line.save()
    return line
