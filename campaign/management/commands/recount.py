"""`manage.py recount`: counts every metric anew from its records, or one metric, or one stretch of days."""

import datetime
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from campaign import registry, tallies
from campaign.models import TallyIncident


class Command(BaseCommand):
    """What the audit found is mended by this, when the cause is known: a difference is never mended silently."""

    help = "Counts metrics anew from their records and marks the audit's findings as mended."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--metric", help="the key of one metric; by default all")
        parser.add_argument("--first", type=datetime.date.fromisoformat, default=tallies.BEGINNING)
        parser.add_argument("--last", type=datetime.date.fromisoformat, default=datetime.date(2200, 12, 31))

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(settings.LANGUAGE_CODE):
            keys = [options["metric"]] if options["metric"] else list(registry.metrics)
            if unknown := set(keys) - set(registry.metrics):
                raise CommandError(f"{_('There is no metric of that name.')} {', '.join(unknown)}")
            written = sum(self._recount(key, options["first"], options["last"]) for key in keys)
            self.stdout.write(_("%(n)s tallies written.") % {"n": written})

    @transaction.atomic
    def _recount(self, key: str, first: datetime.date, last: datetime.date) -> int:
        found = TallyIncident.objects.filter(metric=key, day__range=(first, last), mended_at=None)
        found.update(mended_at=timezone.now())
        return tallies.recount(key, first, last)
