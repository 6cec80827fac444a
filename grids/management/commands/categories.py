"""`manage.py categories huguo --starter`, `manage.py categories huguo --edition 2025 --since 2025-01-01`."""

import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaign.errors import Refused
from campaign.models import Committee
from grids import categories


class Command(BaseCommand):
    help = "Give a street the starter set of case categories, or begin a new edition of those it has."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("street", help="the street's name in addresses")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--starter", action="store_true", help="load what is missing of the starter set")
        what.add_argument("--edition", help="the name of the edition that begins")
        parser.add_argument("--since", type=datetime.date.fromisoformat, help="the day on which it begins")

    def handle(self, *args: Any, **options: Any) -> None:
        street = Committee.objects.filter(slug=options["street"]).first()
        if street is None:
            raise CommandError("There is no such street.")
        if options["starter"]:
            self.stdout.write(f"{categories.load_starter(street)} categories are new.")
            return
        if options["since"] is None:
            raise CommandError("--since says on which day the edition begins.")
        try:
            begun = categories.begin_edition(street, options["edition"], options["since"])
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{begun} categories begin with the edition {options['edition']}.")
