"""Who had a place and neither came nor said so. Noted, appealable, excusable; never shown to others."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.scoping import Scope, ScopedModel
from volunteers.models.signup import Signup


class NoShow(ScopedModel):
    """One absence without a word; what follows from how many is a setting (`NO_SHOWS_ALLOWED`)."""

    class State(models.TextChoices):
        NOTED = "noted", _("noted")
        APPEALED = "appealed", _("appealed against")
        EXCUSED = "excused", _("excused")
        UPHELD = "upheld", _("appeal not followed")

    scope = Scope(
        committee="signup__activity__committee",
        community="signup__activity__community",
        leader=("signup__activity__leader", "signup__activity__team__leader"),
        own="signup__volunteer__user",
    )
    signup = models.OneToOneField(Signup, models.CASCADE, related_name="no_show", verbose_name=_("sign-up"))
    day = models.DateField(_("day"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.NOTED)
    appeal = models.CharField(_("what the volunteer says"), max_length=200, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("absence without a word")
        verbose_name_plural = _("absences without a word")
        ordering = ["-day", "-pk"]
        indexes = [models.Index(fields=["state", "-day"], name="no_show_open")]

    def __str__(self) -> str:
        return f"{self.signup}"
