"""Stars for hours served: the table of thresholds, and who reached which, after public notice (domain.md §7.1)."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaign.models import Committee, Community
from campaign.scoping import Scope, ScopedModel
from volunteers.models.volunteer import Volunteer


class StarLevel(ScopedModel):
    """So many hours for so many stars; data, because cities differ (100 hours here, 30 there)."""

    scope = Scope(committee="committee", reference=True)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="star_levels", verbose_name=_("committee")
    )
    level = models.PositiveSmallIntegerField(
        _("stars"), validators=[MinValueValidator(1), MaxValueValidator(9)]
    )
    hours = models.PositiveIntegerField(
        _("hours of service"), validators=[MinValueValidator(1), MaxValueValidator(100_000)]
    )

    class Meta:
        verbose_name = _("star threshold")
        verbose_name_plural = _("star thresholds")
        ordering = ["committee", "level"]
        constraints = [
            models.UniqueConstraint(fields=["committee", "level"], name="star_level_once"),
            models.UniqueConstraint(fields=["committee", "hours"], name="star_hours_once"),
        ]

    def __str__(self) -> str:
        return "★" * self.level


class Star(ScopedModel):
    """That a volunteer reached a level: on public notice first, then confirmed. `volunteers.stars` writes it."""

    class State(models.TextChoices):
        NOTICED = "noticed", _("on public notice")
        CONFIRMED = "confirmed", pgettext_lazy("star", "confirmed")
        STOPPED = "stopped", _("stopped by an objection")

    scope = Scope(committee="committee", community="community", own="volunteer__user")
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="stars", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="stars", verbose_name=_("community")
    )
    volunteer = models.ForeignKey(
        Volunteer, models.PROTECT, related_name="stars", verbose_name=_("volunteer")
    )
    level = models.PositiveSmallIntegerField(_("stars"))
    minutes = models.PositiveIntegerField(_("minutes served when put on notice"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.NOTICED)
    noticed_on = models.DateField(_("on notice since"))
    notice_until = models.DateField(_("on notice until"))
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("stopped by"),
    )
    note = models.CharField(_("what the objection found"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("star award")
        verbose_name_plural = _("star awards")
        ordering = ["-noticed_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["volunteer", "level"], name="star_once_a_level")]
        indexes = [models.Index(fields=["committee", "state", "notice_until"], name="star_on_notice")]

    def __str__(self) -> str:
        return f"{self.volunteer} {'★' * self.level}"
