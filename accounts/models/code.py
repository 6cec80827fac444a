from django.db import models
from django.utils.translation import gettext_lazy as _


class OneTimeCode(models.Model):
    """A six-digit code that proves that a person holds a phone. Only digests are stored."""

    phone_digest = models.CharField(_("digest of the number"), max_length=64, db_index=True)
    code_digest = models.CharField(_("digest of the code"), max_length=64)
    session_digest = models.CharField(_("digest of the browser session"), max_length=64)
    sent_at = models.DateTimeField(_("sent at"))
    expires_at = models.DateTimeField(_("valid until"))
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)
    address_digest = models.CharField(
        _("digest of the sender's address"), max_length=64, db_index=True, default=""
    )

    class Meta:
        verbose_name = _("one-time code")
        verbose_name_plural = _("one-time codes")

    def __str__(self) -> str:
        return f"{self.pk}"
