"""That a volunteer asks to join a team."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaign.scoping import Scope, ScopedModel
from volunteers.models.team import VolunteerTeam
from volunteers.models.volunteer import Volunteer


class TeamRequest(ScopedModel):
    """Asked by the person, answered by who leads the team; each answer stays on record."""

    class State(models.TextChoices):
        ASKED = "asked", _("waits for an answer")
        ACCEPTED = "accepted", _("taken in")
        REFUSED = "refused", _("not taken in")

    scope = Scope(
        committee="team__committee",
        community="team__community",
        unit="team__unit",
        leader="team__leader",
        own="volunteer__user",
    )
    team = models.ForeignKey(VolunteerTeam, models.PROTECT, related_name="requests", verbose_name=_("team"))
    volunteer = models.ForeignKey(
        Volunteer, models.CASCADE, related_name="team_requests", verbose_name=_("volunteer")
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField(_("asked at"))
    decided_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )

    class Meta:
        verbose_name = _("request to join a team")
        verbose_name_plural = _("requests to join teams")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "volunteer"], condition=Q(state="asked"), name="team_asked_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.team_id} {self.volunteer_id}"
