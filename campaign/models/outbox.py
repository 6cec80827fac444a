from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaign.scoping import WholeStreet


class OutboxMessage(models.Model):
    """A message to the outside, written in the transaction of the fact it tells; drained by the worker.

    `key` is unique, so that saying it twice is saying it once; it also goes to the gateway as idempotency key.
    """

    class Channel(models.TextChoices):
        SMS = "sms", _("text message")
        EMAIL = "email", _("e-mail")
        ROBOT = "robot", _("work-chat robot")

    scope = WholeStreet("messages on their way; no page shows them")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    key = models.CharField(_("key"), max_length=120, unique=True)
    recipient = models.CharField(_("recipient"), max_length=500)
    subject = models.CharField(_("subject"), max_length=80, blank=True)
    message = models.ForeignKey(
        "campaign.Message",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="deliveries",
        verbose_name=_("message"),
    )
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
            models.Index(fields=["channel", "done_at"], name="outbox_sent"),  # what a day's budget has left
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"

    def said_state(self) -> str:
        """What became of it, in a word for who looks after it."""
        if self.done_at:
            return gettext("sent")
        if self.given_up_at:
            return gettext("not delivered")
        return gettext("waits, tried %d times") % self.attempts if self.attempts else gettext("waits")
