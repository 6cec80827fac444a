"""Volunteers from a leader's workbook: all rows or none, twice is once, and nobody learns whose a number is."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts import phones
from campaign import imports
from campaign.errors import Refused
from campaign.imports import CHANGED, NEW, SAME, Column, Line, Outcome
from campaign.models import Committee, Community
from campaign.roles import may
from volunteers import leaders, people
from volunteers.models import TeamMember, Volunteer, VolunteerTeam


def columns(street: Committee, by: Any) -> tuple[Column, ...]:
    """The columns of the workbook; communities and teams are those that the person enters people for."""
    return (
        Column("name", pgettext_lazy("person", "Name"), imports.text(40), required=True, aliases=("姓名",)),
        Column("phone", gettext_lazy("Mobile number"), _phone, required=True,
               aliases=("手机号码", "手机号", "联系电话", "联系方式")),
        Column("community", gettext_lazy("Community"), imports.named(_communities(street, by)), required=True,
               aliases=("所属社区", "居住社区")),
        Column("team", gettext_lazy("Team"), imports.named(_teams(street, by)), empty=None,
               note=gettext_lazy("empty: no team"), aliases=("志愿服务队", "所属队伍")),
        Column("joined_on", gettext_lazy("Registered on"), imports.day, empty=None,
               note=gettext_lazy("empty: today"), aliases=("注册日期",)),
    )  # fmt: skip


def _phone(cell: Any) -> str:
    phone = phones.normalise(imports.text(30)(cell))
    phones.check(phone)
    return phone


def _communities(street: Committee, by: Any) -> dict[str, Community]:
    return {row.name: row for row in leaders.communities_served(by).filter(committee=street)}


def _teams(street: Committee, by: Any) -> dict[str, VolunteerTeam]:
    rows = VolunteerTeam.objects.visible_to(by).filter(committee=street, disbanded_on=None)
    return {row.name: row for row in rows}


def take_in(upload: Any, *, street: Committee, by: Any, dry_run: bool = False) -> Outcome:
    """Take a workbook of volunteers in, all rows or none; the number says who is meant.

    Who is registered is not changed, but joins the team that the row names. Nobody consents for another: the
    person agrees to the notice at the first sign-up. Raises Refused when `by` may not enter volunteers,
    ValidationError when the file cannot be read; a row whose number belongs to another name, or to somebody who
    left, is a problem that shows the number masked.
    """
    if not may(by, "volunteers.enter"):
        raise Refused(_("You cannot enter volunteers in this street."), "role")
    return imports.take(
        upload, columns(street, by), lambda line: _enter(line, street), key=("phone",), dry_run=dry_run
    )


def _enter(line: Line, street: Committee) -> str:
    said = line.values
    there = Volunteer.objects.filter(committee=street, phone=said["phone"]).first()
    if there:
        _check_same(there, said["name"])
    if there is None and said["joined_on"] and said["joined_on"] > timezone.localdate():
        raise ValidationError({"joined_on": _("This day is still to come.")})
    volunteer = there or people.register(
        committee=street,
        community=said["community"],
        name=said["name"],
        phone=said["phone"],
        joined_on=said["joined_on"],
        consent=False,
    )
    joined = bool(said["team"]) and _into(said["team"], volunteer)
    return NEW if there is None else CHANGED if joined else SAME


def _check_same(volunteer: Volunteer, name: str) -> None:
    told = {"number": phones.mask(volunteer.phone)}
    if volunteer.name != name:
        message = _("%(number)s is registered under another name. Ask the person, then correct the row.")
        raise ValidationError({"phone": message % told})
    if volunteer.left_on:
        raise ValidationError({"phone": _("%(number)s has left; only the person can come back.") % told})


def _into(team: VolunteerTeam, volunteer: Volunteer) -> bool:
    """Whether the person is new in the team."""
    _row, made = TeamMember.objects.get_or_create(
        team=team, volunteer=volunteer, left_on=None, defaults={"joined_on": timezone.localdate()}
    )
    return made
