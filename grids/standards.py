"""Point types, their cards of standards and the special actions: the set to begin with, editions, what is in force.

A card's items are what a patrol asks at the point, what the plate shows to the public, and what a score is
reckoned from: one place. Answers hang on items, so a card that was answered is not rewritten; a new edition is.
"""

import datetime
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.errors import Refused
from campaign.models import Committee
from campaign.roles import may
from grids import categories
from grids.models import (
    Answer,
    CaseCategory,
    Checklist,
    ChecklistItem,
    HealthAction,
    HealthAnswer,
    PointType,
)

HERE = Path(__file__).parent / "starter"
COPIED = ("order", "text", "max_score", "deduct", "veto", "photo_needed", "good_example", "bad_example")


@dataclass(frozen=True)
class Loaded:
    """How many rows of the starter set were new to the street."""

    types: int = 0
    cards: int = 0
    actions: int = 0
    categories: int = 0


def starter(name: str) -> dict[str, Any]:
    """The starter set as it stands in its file: "cards" or "health_actions"."""
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))


def starter_items(
    card: Checklist, lines: Iterable[Iterable[Any]], known: Mapping[str, CaseCategory]
) -> list[ChecklistItem]:
    """The items of a card from the lines of the file, not yet saved. Raises KeyError for an unknown category."""
    return [
        ChecklistItem(
            checklist=card,
            order=order,
            text=text,
            category=known[category],
            max_score=score,
            deduct=deduct or None,
            photo_needed="photo" in marks,
            veto="veto" in marks,
            good_example=good,
            bad_example=bad,
        )
        for order, (text, category, score, deduct, marks, good, bad) in enumerate(lines, 1)
    ]


def card_title(type_name: str) -> str:
    """The title of a type's card in the starter set."""
    return f"{type_name}实地考察卡"


def load_starter(committee: Committee) -> Loaded:
    """Give a street the types, cards and special actions that it lacks, and the categories on which they draw.

    What it has is left as it is, so doing it twice is doing it once.
    """
    with transaction.atomic():
        Committee.objects.select_for_update().get(pk=committee.pk)  # of two who press at once, one loads
        new_categories = categories.load_starter(committee)
        rows = CaseCategory.objects.filter(committee=committee).order_by("-since", "-pk")
        known = {row.code: row for row in reversed(rows)}
        types, cards = _load_cards(committee, known)
        actions = _load_actions(committee, known)
    return Loaded(types, cards, actions, new_categories)


def _load_cards(committee: Committee, known: Mapping[str, CaseCategory]) -> tuple[int, int]:
    found = starter("cards")
    types = cards = 0
    for entry in found["type"]:
        type, is_new = PointType.objects.get_or_create(
            committee=committee, code=entry["code"], defaults={"name": entry["name"]}
        )
        types += is_new
        title, edition = card_title(entry["name"]), found["edition"]
        cards += _load_card(committee, type, title, edition, found["since"], entry["items"], known)[1]
    return types, cards


def _load_card(
    committee: Committee,
    type: PointType | None,
    title: str,
    edition: str,
    since: datetime.date,
    lines: Iterable[Iterable[Any]],
    known: Mapping[str, CaseCategory],
) -> tuple[Checklist, bool]:
    card, is_new = Checklist.objects.get_or_create(
        committee=committee, title=title, edition=edition, defaults={"point_type": type, "since": since}
    )
    if is_new:
        ChecklistItem.objects.bulk_create(starter_items(card, lines, known))
    return card, is_new


def _load_actions(committee: Committee, known: Mapping[str, CaseCategory]) -> int:
    new = 0
    for edition in starter("health_actions")["edition"]:
        for order, entry in enumerate(edition["action"], 1):
            card, _is_new = _load_card(
                committee, None, entry["name"], action_edition(edition["name"]), edition["first_day"],
                entry["items"], known,
            )  # fmt: skip
            _action, is_new = HealthAction.objects.get_or_create(
                committee=committee, edition=edition["name"], name=entry["name"],
                defaults={
                    "order": order, "checklist": card, "first_day": edition["first_day"],
                    "last_day": edition.get("last_day"),
                },
            )  # fmt: skip
            new += is_new
    return new


def action_edition(name: str) -> str:
    """The edition of the card of a special action, told apart from the cards of points."""
    return f"爱国卫生{name}"


def card_of(type: PointType, day: datetime.date | None = None) -> Checklist | None:
    """The card that hangs at points of the type on `day`: the newest edition in force; None without one."""
    cards = type.checklists.filter(Q(since=None) | Q(since__lte=day or timezone.localdate()))
    return max(cards, key=lambda card: (card.since or datetime.date.min, card.pk), default=None)


def is_answered(card: Checklist) -> bool:
    """Whether anything hangs on the card's items, so that rewriting them would rewrite what was seen."""
    return (
        Answer.objects.filter(item__checklist=card).exists()
        or HealthAnswer.objects.filter(item__checklist=card).exists()
    )


def begin_edition(card: Checklist, edition: str, since: datetime.date, *, by: Any) -> Checklist:
    """Copy a card with its items into a new edition, in force from `since`, to be edited before it is asked.

    Raises Refused when the person may not, the edition is there already or has no name.
    """
    edition = edition.strip()
    if not may(by, "organisation.change") or not card.is_visible_to(by):
        raise Refused(_("You cannot change the cards of this street."), "role")
    if not edition or len(edition) > 20:
        raise Refused(_("Give the edition a name of at most 20 signs."), "edition")
    with transaction.atomic():
        card = Checklist.objects.select_for_update().get(pk=card.pk)
        if Checklist.objects.filter(
            committee_id=card.committee_id, title=card.title, edition=edition
        ).exists():
            raise Refused(_("This edition of the card is already there."), "exists")
        new = Checklist.objects.create(
            committee_id=card.committee_id, point_type_id=card.point_type_id, title=card.title, edition=edition,
            since=since,
        )  # fmt: skip
        items = [
            ChecklistItem(
                checklist=new,
                category=categories.current(item.category, since),
                **{name: getattr(item, name) for name in COPIED},
            )
            for item in card.items.select_related("category")
        ]
        ChecklistItem.objects.bulk_create(items)
    return new
