import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaign.models.organisation import Committee, Community, Unit
from campaign.roles import COMMITTEE_WIDE, UNIT_WIDE, Role
from campaign.scoping import Scope, ScopedModel, ScopedQuerySet


class AppointmentQuerySet(ScopedQuerySet):
    def held_by(self, user: Any, day: datetime.date) -> "AppointmentQuerySet":
        """The roles that `user` holds on `day`."""
        return self.filter(user=user, since__lte=day).filter(Q(until=None) | Q(until__gt=day))

    def on(self, day: datetime.date) -> "AppointmentQuerySet":
        """The roles held by anyone on `day`."""
        return self.filter(since__lte=day).filter(Q(until=None) | Q(until__gt=day))


class Appointment(ScopedModel):
    """A role that a person holds at a committee, community or unit, from a day until a day.

    Ended, never deleted: who was responsible in March is still known in December.
    """

    scope = Scope(committee="committee", community="community", own="user")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="appointments", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=16, choices=Role)
    title = models.CharField(
        pgettext_lazy("post", "title"),
        max_length=40,
        blank=True,
        help_text=_("As on the door, such as deputy director."),
    )
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="appointments", verbose_name=_("committee")
    )
    community = models.ForeignKey(
        Community,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="appointments",
        verbose_name=_("community"),
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="appointments", verbose_name=_("unit")
    )
    since = models.DateField(_("from"))
    until = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The first day on which it no longer holds.")
    )

    objects = models.Manager.from_queryset(AppointmentQuerySet)()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["committee", "community", "role", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="appointment_ends_after_start"
            ),
        ]
        # Every request of a signed-in person asks for the appointments of that person.
        indexes = [models.Index(fields=["user", "since"], name="appointment_of_person")]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.place}"

    @property
    def place(self) -> Unit | Community | Committee:
        return self.unit or self.community or self.committee

    def clean(self) -> None:
        """A role has the place that its reach needs, and the place belongs to the committee."""
        if self.role in UNIT_WIDE and not self.unit_id:
            raise ValidationError({"unit": _("A unit liaison is appointed at a unit: choose it.")})
        if self.role and self.role not in COMMITTEE_WIDE | UNIT_WIDE and not self.community_id:
            raise ValidationError({"community": _("This role is held at a community: choose it.")})
        for name in ("community", "unit"):
            place = getattr(self, name)
            if place and place.committee_id != self.committee_id:
                raise ValidationError({name: _("It belongs to another street.")})
