"""`manage.py prepare`: all that must be done before the processes start; does nothing twice."""

import hashlib
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

MIGRATING = 20201120  # the number of the advisory lock that lets one host migrate at a time


class Command(BaseCommand):
    """Migrates, loads the demo into an empty database when asked, collects changed static files."""

    help = "Migrates, loads the demo year into an empty database (--demo), collects static files."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="load the demo year if the database is empty")

    def handle(self, *args: Any, **options: Any) -> None:
        self._migrate()
        if options["demo"]:
            self._load_demo()
        self._collect_static()

    def _migrate(self) -> None:
        with _one_host_at_a_time():
            executor = MigrationExecutor(connection)
            waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
            if not waiting:
                return
            self._say(f"Migrating the database ({len(waiting)} steps)")
            call_command("migrate", interactive=False, verbosity=0, skip_checks=True)

    def _load_demo(self) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo is never loaded in production.")
        # Loading is one transaction: one that was cut off has left the database empty.
        if not get_user_model().objects.exists():
            self._say("Loading the demo: the year 2020 of the Huguo campaign")
            call_command("load_huguo", stdout=self.stdout)

    def _collect_static(self) -> None:
        want, stamp = _fingerprint_of_static_files(), Path(settings.STATIC_ROOT) / ".collected"
        if stamp.exists() and stamp.read_text() == want:
            return
        self._say("Collecting static files")
        call_command("collectstatic", interactive=False, verbosity=0, clear=stamp.exists())
        stamp.write_text(want)

    def _say(self, text: str) -> None:
        self.stdout.write(f"         {text}")
        self.stdout.flush()


@contextmanager
def _one_host_at_a_time() -> Iterator[None]:
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])


def _fingerprint_of_static_files() -> str:
    """Changes when any static file of ours or of a package is added, removed or written."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            about = Path(storage.path(path)).stat()
            digest.update(f"{path} {about.st_size} {about.st_mtime_ns}\n".encode())
    return digest.hexdigest()
