from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.scoping import Scope, ScopedModel, WholeStreet


class Tally(ScopedModel):
    """What a metric came to on one day, in one community, for one slice. Written by the counter alone."""

    scope = Scope(committee="committee", community="community")
    metric = models.CharField(_("metric"), max_length=60)
    day = models.DateField(_("day"))
    committee = models.ForeignKey(
        "campaign.Committee", models.CASCADE, related_name="+", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        "campaign.Community",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("community"),
    )
    slice = models.CharField(_("slice"), max_length=60, blank=True, default="")
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=2)

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "day", "committee", "community", "slice"], name="tally_once"
            ),
        ]
        # Dashboards read one metric of one street over a stretch of days.
        indexes = [models.Index(fields=["committee", "metric", "day"], name="tally_read")]

    def __str__(self) -> str:
        return f"{self.metric} {self.day}: {self.value}"


class TallyIncident(models.Model):
    """The nightly audit counted something else than the tally says. Shown to the office, never silently mended."""

    scope = WholeStreet("the counter's logbook; seen by the system's administrators")
    metric = models.CharField(_("metric"), max_length=60)
    day = models.DateField(_("day"))
    stated = models.DecimalField(_("stated"), max_digits=18, decimal_places=2)
    counted = models.DecimalField(_("counted"), max_digits=18, decimal_places=2)
    found_at = models.DateTimeField(_("found at"), auto_now_add=True)
    mended_at = models.DateTimeField(_("mended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("count that differed")
        verbose_name_plural = _("counts that differed")
        ordering = ["-found_at"]

    def __str__(self) -> str:
        return f"{self.metric} {self.day}: {self.stated} ≠ {self.counted}"
