"""Good deeds: written down, published, taken back."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign import organisation
from campaign.errors import Refused
from campaign.models import Committee, Community, Story
from campaign.roles import may


def write(
    by: Any, *, community: Community, title: str, body: str, happened_on: datetime.date, publish: bool = False
) -> Story:
    """Write a story; a draft unless `publish`. Raises Refused for another's community or a day to come."""
    story = Story(
        committee=community.committee, community=community, title=title, body=body,
        happened_on=happened_on, written_by=by,
    )  # fmt: skip
    return save(story, by, publish=publish)


@transaction.atomic
def save(story: Story, by: Any, *, publish: bool | None = None) -> Story:
    """Write a new or changed story; `publish` True or False publishes it today or takes it back."""
    if by is not None and not may(by, "stories.write"):
        raise Refused(_("Stories are written by the street and the communities."), "not_yours")
    organisation.refuse_strangers(by, story.community, _("You can write only for your own community."))
    today = timezone.localdate()
    if publish is not None:
        story.published_on = (story.published_on or today) if publish else None
    if story.happened_on > today or (story.published_on and story.published_on > today):
        raise Refused(_("The day is still to come. Enter what has been done."), "future_day")
    if story.published_on and story.published_on < story.happened_on:
        raise Refused(_("It cannot be published before it happened."), "published_before")
    story.committee = story.community.committee
    if by is not None and story.written_by_id is None:
        story.written_by = by
    story.full_clean()
    story.save()
    return story


def published(committee: Committee) -> QuerySet[Story]:
    """What everybody may read."""
    shown = Story.objects.filter(committee=committee, published_on__lte=timezone.localdate())
    return shown.select_related("community")
