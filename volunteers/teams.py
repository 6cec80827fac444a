"""Joining a team: freely where the team is open, else by a request that its leader answers; and leaving it."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.errors import Refused
from campaign.roles import may
from volunteers import people, waiting
from volunteers.models import TeamMember, TeamRequest, Volunteer, VolunteerTeam

Admission = VolunteerTeam.Admission


def open_to(volunteer: Volunteer) -> QuerySet[VolunteerTeam]:
    """The teams of the person's street that one may join, those of the own community among them."""
    rows = VolunteerTeam.objects.filter(committee=volunteer.committee_id, disbanded_on=None, unit=None)
    return rows.exclude(admission=Admission.CLOSED).select_related("community").order_by("name", "pk")


@transaction.atomic
def join(team: VolunteerTeam, volunteer: Volunteer) -> TeamMember | TeamRequest:
    """Become a member of an open team, or ask to; asking twice is asking once.

    Raises Refused for a team that takes nobody or belongs to others, and before the consent to the notice.
    """
    team = waiting.lock(VolunteerTeam, team.pk)
    member = team.members.filter(volunteer=volunteer, left_on=None).first()
    if member:
        return member
    if not open_to(volunteer).filter(pk=team.pk).exists():
        raise Refused(_("This team takes nobody at present."), "closed")
    if not people.has_consented(volunteer):
        raise Refused(
            _("Agree to the privacy notice first: without it we may not keep your data."), "consent"
        )
    if team.admission == Admission.FREE:
        return _take_in(team, volunteer)
    return TeamRequest.objects.get_or_create(
        team=team,
        volunteer=volunteer,
        state=TeamRequest.State.ASKED,
        defaults={"asked_at": timezone.now()},
    )[0]


@transaction.atomic
def answer(request: TeamRequest, *, accept: bool, by: Any) -> TeamRequest:
    """Take the person in, or not. The same answer twice is one; another answer afterwards is refused."""
    team = waiting.lock(VolunteerTeam, request.team_id)
    request = TeamRequest.objects.select_related("volunteer").get(pk=request.pk)
    if not may_answer(by, team):
        raise Refused(_("Only the leader of the team or the community answers this."), "role")
    state = TeamRequest.State.ACCEPTED if accept else TeamRequest.State.REFUSED
    if request.state == state:
        return request
    if request.state != TeamRequest.State.ASKED:
        raise Refused(_("This was answered already."), "answered")
    request.state, request.decided_at, request.decided_by = state, timezone.now(), by
    request.save(update_fields=["state", "decided_at", "decided_by"])
    if accept and not team.members.filter(volunteer=request.volunteer, left_on=None).exists():
        _take_in(team, request.volunteer)
    return request


@transaction.atomic
def leave(team: VolunteerTeam, volunteer: Volunteer) -> None:
    """Leave a team, or take the request back. Twice is once."""
    team = waiting.lock(VolunteerTeam, team.pk)
    for member in team.members.filter(volunteer=volunteer, left_on=None):
        member.left_on = timezone.localdate()
        member.save(update_fields=["left_on"])
    team.requests.filter(volunteer=volunteer, state=TeamRequest.State.ASKED).delete()


def may_answer(user: Any, team: VolunteerTeam) -> bool:
    """Whether `user` decides who belongs to the team: its leader, the community or the street."""
    return team.leader_id == user.pk or (may(user, "volunteers.enter") and team.is_visible_to(user))


def _take_in(team: VolunteerTeam, volunteer: Volunteer) -> TeamMember:
    if volunteer.left_on:
        raise Refused(_("This person has left."), "left")
    return TeamMember.objects.create(team=team, volunteer=volunteer, joined_on=timezone.localdate())
