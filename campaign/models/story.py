from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.marks import CountedModel
from campaign.models.organisation import Committee, Community
from campaign.scoping import Scope


class Story(CountedModel):
    """A good deed (好人好事), told without more of a person than the person agreed to."""

    scope = Scope(committee="committee", community="community")
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="stories", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="stories", verbose_name=_("community")
    )
    title = models.CharField(_("title"), max_length=60)
    body = models.TextField(_("text"))
    happened_on = models.DateField(_("happened on"))
    published_on = models.DateField(
        _("published on"), null=True, blank=True, help_text=_("Empty while it is a draft.")
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("written by"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("story")
        verbose_name_plural = _("stories")
        ordering = ["-happened_on", "-pk"]

    def __str__(self) -> str:
        return self.title
