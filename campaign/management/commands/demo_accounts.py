"""`manage.py demo_accounts`: whom one can be in the demo, printed at the end of bin/serve."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from campaign.models import Appointment
from campaign.roles import Role

COME_AS = [Role.OFFICIAL, Role.SECRETARY, Role.ZONE_LEADER, Role.PATROLLER, Role.LIAISON]


class Command(BaseCommand):
    """Prints one demo account for each role that the demo shows, and their password."""

    help = "Prints the demo accounts; refused in production."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("There are no demo accounts in production.")
        with translation.override(settings.LANGUAGE_CODE):
            people = [*_appointed(), *_volunteer()]
            if not people:
                return
            self.stdout.write(f"    {_('Demo accounts, password')}: {settings.DEMO_PASSWORD}")
            for role, name, phone in people:
                self.stdout.write(f"      {phone}  {role} {name}")
            self.stdout.write("")


def _appointed() -> list[tuple[str, str, str]]:
    today = timezone.localdate()
    held = Appointment.objects.on(today).filter(user__is_demo=True, user__is_active=True).order_by("pk")
    people = []
    for role in COME_AS:
        if appointment := held.filter(role=role).select_related("user").first():
            people.append((str(role.label), appointment.user.name, appointment.user.phone))
    return people


def _volunteer() -> list[tuple[str, str, str]]:
    """A demo person without any appointment is a volunteer."""
    plain = get_user_model().objects.filter(
        is_demo=True, is_active=True, is_superuser=False, appointments=None
    )
    person = plain.order_by("pk").first()
    return [(_("volunteer"), person.name, person.phone)] if person else []
