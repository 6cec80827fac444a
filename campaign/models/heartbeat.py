"""When each kind of process last said that it is alive."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.scoping import WholeStreet


class Heartbeat(models.Model):
    """One row for each kind of process ("worker", "beat"), overwritten at every beat."""

    scope = WholeStreet("says which processes are alive; holds nothing of any community")
    process = models.CharField(_("process"), max_length=20, unique=True)
    said_at = models.DateTimeField(_("last heard"))

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.process
