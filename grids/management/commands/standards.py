"""`manage.py standards huguo`: give a street the starter set of point types, cards and special actions."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaign.models import Committee
from grids import standards


class Command(BaseCommand):
    help = "Give a street what it lacks of the starter set: point types, cards of standards, special actions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("street", help="the street's name in addresses")

    def handle(self, *args: Any, **options: Any) -> None:
        street = Committee.objects.filter(slug=options["street"]).first()
        if street is None:
            raise CommandError("There is no such street.")
        loaded = standards.load_starter(street)
        self.stdout.write(
            f"{loaded.types} point types, {loaded.cards} cards, {loaded.actions} special actions and "
            f"{loaded.categories} case categories are new."
        )
