from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.scoping import WholeStreet


class Mark(models.Model):
    """ "Facts of this metric changed on this day": appended with the fact, deleted by the counter.

    Only ever inserted. An upsert that ignores conflicts was measured to drift for ever: the second writer's mark
    vanishes into the first's, which the counter may already have read.
    """

    scope = WholeStreet("the counter's notebook; no page shows it")
    metric = models.CharField(max_length=60)
    day = models.DateField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        # The counter looks for the buckets that have marks, and deletes the marks of one bucket.
        indexes = [models.Index(fields=["metric", "day"], name="mark_bucket")]

    def __str__(self) -> str:
        return f"{self.metric} {self.day}"


class Bucket(models.Model):
    """One metric on one day: the row that counters lock, so that two of them never write one bucket together."""

    scope = WholeStreet("the counter's lock; no page shows it")
    metric = models.CharField(max_length=60)
    day = models.DateField()
    counted_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("counted day")
        verbose_name_plural = _("counted days")
        constraints = [models.UniqueConstraint(fields=["metric", "day"], name="bucket_once")]

    def __str__(self) -> str:
        return f"{self.metric} {self.day}"
