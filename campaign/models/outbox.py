from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaign.scoping import WholeStreet


class OutboxMessage(models.Model):
    """A message to the outside, written in the transaction of the fact it tells; drained by the worker.

    `key` is unique, so that saying it twice is saying it once; it also goes to the gateway as idempotency key.
    """

    class Channel(models.TextChoices):
        SMS = "sms", _("text message")

    scope = WholeStreet("messages on their way; no page shows them")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    key = models.CharField(_("key"), max_length=120, unique=True)
    recipient = models.CharField(_("recipient"), max_length=120)
    text = models.TextField(_("text"))
    not_before = models.DateTimeField(_("not before"))
    not_after = models.DateTimeField(_("worthless after"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    leased_until = models.DateTimeField(_("held by a worker until"), null=True, blank=True)
    done_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    given_up_at = models.DateTimeField(_("given up at"), null=True, blank=True)

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        # `outbox.drain` asks for what waits; what was sent must not slow it down.
        indexes = [
            models.Index(
                fields=["not_before"], condition=Q(done_at=None, given_up_at=None), name="outbox_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"
