from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaign.errors import Refused
from campaign.marks import CountedModel, CountedQuerySet
from campaign.models import Committee, Community
from campaign.scoping import Scope
from volunteers.models.activity import Activity
from volunteers.models.signup import Signup
from volunteers.models.volunteer import Volunteer


class Attendance(CountedModel):
    """That a volunteer was there, from when to when, and who confirmed it."""

    class CameBy(models.TextChoices):
        LIST = "list", _("the leader's list")
        CODE = "code", _("the code on the leader's phone")
        PRINTED = "printed", _("the printed code")

    scope = Scope(
        committee="signup__activity__committee",
        community="signup__activity__community",
        unit="signup__activity__unit",
        leader=("signup__activity__leader", "signup__activity__team__leader"),
        own="signup__volunteer__user",
    )
    signup = models.OneToOneField(
        Signup, models.PROTECT, related_name="attendance", verbose_name=_("sign-up")
    )
    came_at = models.DateTimeField(_("came at"))
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)
    came_by = models.CharField(_("came by"), max_length=8, choices=CameBy, default=CameBy.LIST)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    day = models.DateField(_("day"))

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        ordering = ["-day", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gt=F("came_at")), name="left_after_coming"
            ),
        ]
        indexes = [models.Index(fields=["day"], name="attendance_counted")]

    def __str__(self) -> str:
        return f"{self.signup}"

    @property
    def is_pending(self) -> bool:
        """Whether somebody still has to say something before hours are credited: the leader, or when one left."""
        return self.left_at is None or self.waits_for_leader

    @property
    def waits_for_leader(self) -> bool:
        """A printed code proves nothing by itself."""
        return self.came_by == self.CameBy.PRINTED and self.confirmed_by_id is None


class LedgerQuerySet(CountedQuerySet):
    """A ledger is only ever appended to."""

    def update(self, **changes: Any) -> int:
        raise never_changed()

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        raise never_changed()

    def delete(self) -> tuple[int, dict[str, int]]:
        raise never_changed()


def never_changed() -> Refused:
    return Refused(_("A line of the hour ledger is never changed or deleted. Enter a correction."), "ledger")


class HourEntry(CountedModel):
    """A line of the hour ledger, in minutes. Rows are only ever appended; corrections are counter-entries.

    The hours stay when the activity is gone: what is needed for a certificate stands here.
    """

    class Reason(models.TextChoices):
        SERVED = "served", _("served")
        CORRECTION = "correction", _("correction")

    scope = Scope(
        committee="committee",
        community="community",
        leader=("activity__leader", "activity__team__leader"),
        own="volunteer__user",
    )
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="hour_entries", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="hour_entries", verbose_name=_("community")
    )
    volunteer = models.ForeignKey(
        Volunteer, models.PROTECT, related_name="hour_entries", verbose_name=_("volunteer")
    )
    activity = models.ForeignKey(
        Activity,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="hour_entries",
        verbose_name=_("activity"),
    )
    attendance = models.OneToOneField(
        Attendance,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="hour_entry",
        verbose_name=_("attendance"),
    )
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections", verbose_name=_("corrects")
    )
    what = models.CharField(_("what for"), max_length=80)
    day = models.DateField(_("day of service"))
    minutes = models.IntegerField(_("minutes"))
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
    )
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("agreed by"),
    )
    entered_at = models.DateTimeField(_("entered at"))
    form_key = models.UUIDField(_("form key"), null=True, blank=True, unique=True, editable=False)

    objects = models.Manager.from_queryset(LedgerQuerySet)()

    class Meta:
        verbose_name = _("hour entry")
        verbose_name_plural = _("hour entries")
        ordering = ["-day", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(minutes=0), name="hours_not_nought"),
            models.CheckConstraint(
                condition=Q(reason="correction") | Q(minutes__gt=0), name="served_hours_are_positive"
            ),
        ]
        indexes = [
            models.Index(fields=["day"], name="hours_counted"),
            models.Index(fields=["volunteer", "-day"], name="hours_of_volunteer"),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer} {self.minutes}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise never_changed()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise never_changed()
