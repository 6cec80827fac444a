from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaign.marks import CountedModel
from campaign.scoping import Scope, ScopedModel
from volunteers.models.activity import Activity, Position
from volunteers.models.volunteer import Volunteer


class Signup(CountedModel):
    """A volunteer's place, or place in the line, at an activity. One row a person and activity, for good."""

    class State(models.TextChoices):
        CONFIRMED = "confirmed", _("has a place")
        WAITING = "waiting", _("on the waiting list")
        OFFERED = "offered", _("a place is offered")
        LAPSED = "lapsed", _("did not take the offered place")
        LEFT = "left", _("left")
        CANCELLED = "cancelled", _("activity cancelled")

    scope = Scope(
        committee="activity__committee",
        community="activity__community",
        unit="activity__unit",
        leader=("activity__leader", "activity__team__leader"),
        own="volunteer__user",
    )
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="signups", verbose_name=_("activity"))
    position = models.ForeignKey(Position, models.PROTECT, related_name="signups", verbose_name=_("position"))
    volunteer = models.ForeignKey(
        Volunteer, models.PROTECT, related_name="signups", verbose_name=_("volunteer")
    )
    state = models.CharField(_("state"), max_length=10, choices=State)
    joined_at = models.DateTimeField(
        _("signed up at"), help_text=_("The order of the waiting list; a new sign-up begins anew.")
    )
    offer_expires_at = models.DateTimeField(
        _("offer ends at"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("A place that became free is kept until then."),
    )
    day = models.DateField(_("day"), help_text=_("The activity's day."))

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        ordering = ["activity", "joined_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "volunteer"], name="signup_once"),
            models.CheckConstraint(
                condition=Q(state="offered", offer_expires_at__isnull=False)
                | ~Q(state="offered") & Q(offer_expires_at=None),
                name="signup_offer_has_an_end",
            ),
        ]
        indexes = [
            models.Index(fields=["position", "state", "joined_at", "id"], name="signup_waiting_line"),
            models.Index(fields=["day", "state"], name="signup_counted"),
            models.Index(fields=["volunteer", "-day"], name="signup_of_volunteer"),
            models.Index(fields=["offer_expires_at"], name="signup_offers", condition=Q(state="offered")),
        ]

    def __str__(self) -> str:
        return f"{self.activity} {self.volunteer}"


class SignupEvent(ScopedModel):
    """What happened to a sign-up: joined, promoted, left. Rows are only ever appended."""

    scope = Scope(
        committee="signup__activity__committee",
        community="signup__activity__community",
        unit="signup__activity__unit",
        leader=("signup__activity__leader", "signup__activity__team__leader"),
        own="signup__volunteer__user",
    )
    signup = models.ForeignKey(Signup, models.CASCADE, related_name="events", verbose_name=_("sign-up"))
    what = models.CharField(_("what"), max_length=12)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )

    class Meta:
        verbose_name = _("sign-up event")
        verbose_name_plural = _("sign-up events")
        ordering = ["signup", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.signup_id} {self.what}"


class SignupReminder(ScopedModel):
    """That somebody was reminded of an activity, at the time it then had. One row each, so nobody is told twice."""

    class Kind(models.TextChoices):
        DAY = "day", _("the day before")
        SOON = "soon", _("two hours before")

    scope = Scope(
        committee="signup__activity__committee",
        community="signup__activity__community",
        unit="signup__activity__unit",
        leader=("signup__activity__leader", "signup__activity__team__leader"),
        own="signup__volunteer__user",
    )
    signup = models.ForeignKey(Signup, models.CASCADE, related_name="reminders", verbose_name=_("sign-up"))
    kind = models.CharField(_("kind"), max_length=5, choices=Kind)
    starts_at = models.DateTimeField(_("of the time"))
    sent_at = models.DateTimeField(_("sent at"))

    class Meta:
        verbose_name = _("reminder of an activity")
        verbose_name_plural = _("reminders of activities")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["signup", "kind", "starts_at"], name="reminded_once_of_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.signup_id} {self.kind}"
