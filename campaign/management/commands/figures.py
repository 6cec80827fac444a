"""`manage.py figures --year 2020`: the article's figures, what the report states, what plain SQL counts."""

import json
import sys
import unicodedata
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from campaign import reports
from campaign.models import Committee


class Command(BaseCommand):
    """Exit status 1 when a figure that the report states differs from the counted one."""

    help = "Compares the article's figures with what the year's report states and what plain SQL counts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--year", type=int, default=2020)
        parser.add_argument("--format", choices=["table", "json"], default="table")
        parser.add_argument("--committee", help="slug of the street; by default the demo, else the first")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1950 <= options["year"] <= 2200:
            raise CommandError("The year must lie between 1950 and 2200.")
        with translation.override(settings.LANGUAGE_CODE):
            lines = reports.compare(_street(options["committee"]), options["year"])
            if options["format"] == "json":
                text = json.dumps([line.as_json() for line in lines], ensure_ascii=False, indent=2)
                self.stdout.write(text)
            else:
                self._print_table(lines)
        if not all(line.agrees for line in lines):
            sys.exit(1)

    def _print_table(self, lines: list[reports.Line]) -> None:
        rows = [[_("figure"), _("article"), _("stated"), _("counted"), _("met")]]
        for line in lines:
            plain = line.as_json()
            cells = [_text(plain[name]) for name in ("article", "stated", "counted")]
            rows.append([line.key, *cells, _("yes") if line.met else _("NO")])
        widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
        for row in rows:
            cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())
        met = sum(line.met for line in lines)
        self.stdout.write(_("%(met)s of %(all)s figures are met.") % {"met": met, "all": len(lines)})


def _street(slug: str | None) -> Committee:
    streets = Committee.objects.filter(slug=slug) if slug else Committee.objects.order_by("-is_demo", "pk")
    committee = streets.first()
    if committee is None:
        raise CommandError("There is no such street. Load the demo with: manage.py load_huguo")
    return committee


def _text(value: Any) -> str:
    return "、".join(value) if isinstance(value, list) else str(value)


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese sign takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
