"""A question that is asked again and again: the filters of a list under a name."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaign.models import Committee, Community
from campaign.scoping import Scope, ScopedModel, ScopedQuerySet, reach_of


class SavedFilterQuerySet(ScopedQuerySet):
    """Words for the filters on offer."""

    def offered_to(self, user: Any) -> Self:
        """The own filters, and those that others share with a place where `user` is appointed."""
        reach = reach_of(user)
        shared = Q(shared=SavedFilter.Shared.COMMITTEE) | Q(
            shared=SavedFilter.Shared.COMMUNITY, community__in=reach.communities | reach.near
        )
        if reach.committees:  # whoever looks after the whole street looks after its communities
            shared |= Q(shared=SavedFilter.Shared.COMMUNITY, committee__in=reach.committees)
        return self.visible_to(user).filter(Q(owner=user) | shared)


class SavedFilter(ScopedModel):
    """The values of `grids.filters.CaseFilter`. It shows nobody more: each reader's own scope is applied to it."""

    class Shared(models.TextChoices):
        NOBODY = "nobody", _("for me alone")
        COMMUNITY = "community", _("for my community")
        COMMITTEE = "committee", _("for the whole street")

    scope = Scope(committee="committee", community="community", own="owner", reference=True)
    committee = models.ForeignKey(Committee, models.CASCADE, related_name="+", verbose_name=_("committee"))
    community = models.ForeignKey(
        Community, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("community")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("owner")
    )
    name = models.CharField(_("name"), max_length=30)
    query = models.CharField(_("filters"), max_length=500)
    shared = models.CharField(_("shared"), max_length=10, choices=Shared, default=Shared.NOBODY)
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)

    objects = models.Manager.from_queryset(SavedFilterQuerySet)()

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "owner", "name"], name="saved_filter_once"),
            models.CheckConstraint(
                condition=~Q(shared="community") | Q(community__isnull=False),
                name="filter_shared_with_which_community",
            ),
        ]

    def __str__(self) -> str:
        return self.name
