from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class PersonalDataAccess(models.Model):
    """Who looked at whose unmasked data, when and why (PIPL articles 51 and 54). Rows are only ever appended."""

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who looked")
    )
    at = models.DateTimeField(_("when"), auto_now_add=True)
    subject = models.CharField(_("kind of record"), max_length=80)
    subject_id = models.CharField(_("record"), max_length=40)
    field = models.CharField(_("what was shown"), max_length=40)
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("look at personal data")
        verbose_name_plural = _("looks at personal data")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.subject} {self.subject_id} {self.field}"
