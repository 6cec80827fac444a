"""`manage.py load_huguo`: writes the demo, the year 2020 of the Huguo campaign, as individual records."""

import datetime
import random
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext as _

from campaign import calendar, huguo, tallies
from campaign.models import Committee

FIRST_CALENDAR_YEAR = 2019
LOADING = 20201121  # the number of the advisory lock: two hosts load one demo


class Command(BaseCommand):
    """All in one transaction: a loading that is cut off leaves nothing behind."""

    help = "Loads the demo year 2020 of the Huguo campaign; does nothing when a demo is there already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=2020, help="another seed draws another year")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo is never loaded in production.")
        with translation.override(settings.LANGUAGE_CODE):
            self._load(options["seed"])

    def _load(self, seed: int) -> None:
        self._began = time.monotonic()
        with transaction.atomic():
            _one_at_a_time()
            if Committee.objects.filter(is_demo=True).exists():
                self._say(_("The demo is already there; nothing was done."))
                return
            self._write(timezone.localdate(), seed)
        self._say(_("The demo year is loaded."))

    def _write(self, today: datetime.date, seed: int) -> None:
        for year in range(FIRST_CALENDAR_YEAR, today.year + 2):
            calendar.fill(year)
        self._say(_("Working days"))
        street = huguo.build(today, seed)
        for name, module in _loaders():
            module.load(street, random.Random(f"{seed} {name}"), self._say)  # noqa: S311
        _tell_the_planner()
        tallies.recount_everything()
        self._say(_("Counts"))
        huguo.set_present_goals(street)
        _tell_the_planner()

    def _say(self, text: object) -> None:
        self.stdout.write(f"         {time.monotonic() - self._began:5.1f} s  {text}")
        self.stdout.flush()


def _loaders() -> Iterator[tuple[str, ModuleType]]:
    """The `huguo.py` of each app that has one, from the ground up; its `load(street, rng, say)` writes its part."""
    for config in apps.get_app_configs():
        if config.module is not None and module_has_submodule(config.module, "huguo"):
            yield config.name, import_module(f"{config.name}.huguo")


def _tell_the_planner() -> None:
    """PostgreSQL thinks that the tables are still empty until it has looked, and would answer in minutes."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _one_at_a_time() -> None:
    """SQLite's write lock is taken already; PostgreSQL needs one that two hosts share."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOADING])
