"""Makes a row of any scoped model at any place, from the model's own declaration.

House tests walk every model, also those that are not written yet; so nothing here names a model unless its
fields cannot tell what they want. Every text of a row bears the marker of its place, by which a test sees on
a page whose row it is.
"""

import datetime
import io
import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.core.files.base import ContentFile
from django.db import models
from django.utils import timezone
from PIL import Image

from accounts.models import User
from campaign.models import Committee, Community, Team, Unit
from campaign.scoping import ScopedModel
from tests.cast import SINCE, person

OUR_APPS = ("accounts", "campaign", "grids", "volunteers")


@dataclass
class Place:
    """Where rows are made: a street, one of its communities, a unit there; and the word that marks its rows."""

    committee: Committee
    community: Community
    unit: Unit
    marker: str
    made: dict[type[models.Model], models.Model] = field(default_factory=dict)


def place_a(cast: Any) -> Place:
    return Place(cast.huguo, cast.a, cast.unit_a, "甲处记号")


def place_b(cast: Any) -> Place:
    return Place(cast.huguo, cast.b, cast.unit_b, "乙处记号")


def place_far(cast: Any) -> Place:
    """In the other street; everything there, the cast's own rows too, bears the word 远方."""
    return Place(cast.other, cast.far, cast.unit_far, "远方")


def scoped_models() -> list[type[ScopedModel]]:
    return [model for model in apps.get_models() if issubclass(model, ScopedModel)]


# What a field's type cannot tell. A value that is callable is called with (place, number).
SPECIAL: dict[str, dict[str, Any]] = {
    "campaign.Tally": {"metric": lambda place, number: a_metric(), "day": lambda p, n: day(n)},
    "campaign.Goal": {"metric": lambda place, number: a_metric(), "target": Decimal(10)},
    "campaign.Stage": {"first_day": lambda p, n: day(40), "last_day": lambda p, n: day(-40)},
    "campaign.Appointment": {"role": "patroller", "since": SINCE},
    "campaign.PublicityEntry": {"team": lambda place, number: team_of(place)},
    "campaign.CalendarDay": {},
    "grids.Patrol": {
        "starts_at": lambda p, n: moment(n),
        "ends_at": lambda p, n: moment(n) + timedelta(minutes=30),
    },
    "grids.Handover": {"kind": "leave"},
    "grids.PatrolEvent": {"what": "changed"},
    "grids.PlanStop": {"point": lambda place, number: point_of(place)},
    "grids.Merchant": {"is_public": True},
    "grids.FrontageInspection": {"score": 1, "full_score": 1, "valid_until": lambda p, n: day(-30)},
    "grids.CardScheme": {"fulfilled": "red", "unfulfilled": "green"},
    "volunteers.Activity": {
        "starts_at": lambda p, n: moment(n + 24),
        "ends_at": lambda p, n: moment(n + 26),
        "day": lambda p, n: timezone.localdate(moment(n + 24)),
        "state": "published",
    },
    "volunteers.Attendance": {"came_at": lambda p, n: moment(-n)},
    "volunteers.HourEntry": {"reason": "served", "minutes": 60},
    "volunteers.Certificate": {"document": "", "code": lambda p, n: f"{uuid.uuid4().hex[:16].upper()}"},
    "campaign.RobotHook": {"address": "https://open.feishu.cn/hook"},
    "campaign.MessageWording": {"wording": lambda p, n: an_occasion(n)},
    "volunteers.Issuer": {"telephone": "0871-0000000"},
    "volunteers.SignupEvent": {"what": "joined"},
    "grids.WhistleTask": {"whistle": lambda place, number: a_whistle(place)},
    "grids.WhistleEvent": {"step": "raise", "to_state": "raised"},
    "grids.LadderRung": {"hours": lambda p, n: 100 + n, "to": "office"},
    "grids.SavedFilter": {"shared": "committee", "query": "state=open"},
    "grids.CaseEvent": {"move": "file", "to_state": "filed"},
    "grids.CaseApplication": {"state": "refused"},  # one alone may wait
    "grids.CaseRules": {"since": lambda p, n: day(n)},
}
# Relations that a unique row cannot share with the row before it.
OWN_RELATION = {
    ("volunteers.Signup", "volunteer"),
    ("volunteers.NoShow", "signup"),
    ("volunteers.TeamMember", "volunteer"),
    ("volunteers.Consent", "volunteer"),
    ("volunteers.TeamRequest", "volunteer"),
    ("volunteers.Guardianship", "volunteer"),
    ("grids.Answer", "item"),
    ("grids.Handover", "patrol"),
    ("grids.FrontageFinding", "item"),
    ("grids.Pledge", "version"),
    ("campaign.Facility", "site"),
}
# Relations that may be empty but by which the row is found.
FILLED_THOUGH_NULLABLE = {"community", "unit", "zone", "contractor", "activity"}


def make(model: type[models.Model], place: Place, **given: Any) -> Any:
    """A new row of `model` at `place`; what it hangs on is made once and shared."""
    if model in (Committee, Community, Unit) and not given:
        return {Committee: place.committee, Community: place.community, Unit: place.unit}[model]
    number = next(_numbers_of(place.committee, model))
    values = {**_values(model, place, number, given), **given}
    row = model(**values)
    if "form_key" in {f.name for f in model._meta.fields} and "form_key" not in given:
        row.form_key = uuid.uuid4()
    row.save()
    for many in model._meta.many_to_many:
        own_rows = (
            many.remote_field.through._meta.auto_created
        )  # else the rows between are a model of their own
        if own_rows and issubclass(many.related_model, ScopedModel):
            getattr(row, many.name).set([the(many.related_model, place)])
    row.refresh_from_db()  # as the database tells it: decimals with their places
    place.made.setdefault(model, row)
    return row


def _numbers_of(committee: Committee, model: type[models.Model]) -> Iterator[int]:
    """Counts the rows of a model in one street, whose names and numbers must differ."""
    return vars(committee).setdefault("_numbers", {}).setdefault(model, itertools.count())


def the(model: type[models.Model], place: Place) -> Any:
    """The first row of `model` at `place`, made when it is not there yet."""
    if model not in place.made:
        place.made[model] = make(model, place)
    return place.made[model]


def make_all(place: Place) -> dict[type[ScopedModel], Any]:
    """One row of every scoped model."""
    return {model: the(model, place) for model in scoped_models()}


def _values(model: type[models.Model], place: Place, number: int, given: dict[str, Any]) -> dict[str, Any]:
    special = SPECIAL.get(model._meta.label, {})
    values: dict[str, Any] = {}
    for column in model._meta.concrete_fields:
        if column.name in given or column.attname in given or column.primary_key:
            continue
        if column.name in special:
            value = special[column.name]
            values[column.name] = value(place, number) if callable(value) else value
        elif column.is_relation:
            if (made := _related(model, column, place)) is not None:
                values[column.name] = made
        elif (value := _value(column, place, number)) is not None:
            values[column.name] = value
    return values


def _related(model: type[models.Model], column: Any, place: Place) -> Any:
    target = column.related_model
    if column.null and column.name not in FILLED_THOUGH_NULLABLE:
        return None
    if target is User:
        return person(f"{place.marker}人")
    if column.one_to_one or (model._meta.label, column.name) in OWN_RELATION:
        return make(target, place)
    return the(target, place)


def _value(column: Any, place: Place, number: int) -> Any:
    if isinstance(column, models.FileField):
        return ContentFile(a_photo(), name="photo.png")
    if getattr(column, "auto_now", False) or getattr(column, "auto_now_add", False):
        return None
    if (
        column.has_default()
        and not column.blank
        and not isinstance(column, models.CharField | models.TextField)
    ):
        return None
    if isinstance(column, models.UUIDField | models.JSONField):
        return None
    if isinstance(column, models.CharField | models.TextField):
        return _text(column, place, number)
    if column.null or column.has_default():
        return None
    if isinstance(column, models.DateTimeField):
        return moment(number)
    if isinstance(column, models.DateField):
        return day(number)
    if isinstance(column, models.TimeField):
        return datetime.time(9, 0)
    if isinstance(column, models.BooleanField):
        return True
    if isinstance(column, models.DecimalField):
        return Decimal(1)
    return number + 1


def _text(column: Any, place: Place, number: int) -> Any:
    if column.has_default():
        return None
    if column.choices:
        return column.choices[0][0] if not column.blank else None
    if "phone" in column.name:
        return f"12{uuid.uuid4().int % 10**9:09d}"
    if isinstance(column, models.SlugField) or column.name in ("code", "edition", "notice", "digest"):
        return f"{'far' if place.marker == '远方' else 'own'}-{number}-{uuid.uuid4().hex[:6]}"
    if column.name in ("host", "number"):
        return "" if column.blank else f"V{uuid.uuid4().hex[:10]}"
    return f"{place.marker}{column.model._meta.model_name}{number}"[: column.max_length]


def day(back: int = 0) -> datetime.date:
    return timezone.localdate() - timedelta(days=back)


def moment(hours: int = 0) -> datetime.datetime:
    return timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=hours)


def a_metric() -> str:
    """The key of a metric that stands; a text when none is registered."""
    from campaign import registry

    return next(iter(registry.metrics), "publicity.open_letters")


def an_occasion(number: int) -> str:
    """The key of an occasion on which somebody is told something."""
    from campaign import registry

    keys = sorted(registry.wordings)
    return keys[number] if number < len(keys) else f"{keys[0]}_{number}"


def team_of(place: Place) -> Team:
    return Team.objects.filter(committee=place.committee).first() or the(Team, place)


def a_whistle(place: Place) -> Any:
    """The place's whistle, or a new one when it calls a unit already: it calls each unit once."""
    from grids.models import Whistle

    shared = the(Whistle, place)
    return make(Whistle, place) if shared.tasks.exists() else shared


def point_of(place: Place) -> Any:
    """The point that everything at the place shares; another for every further stop of its route."""
    point = apps.get_model("grids", "Point")
    return make(point, place) if apps.get_model("grids", "PlanStop") in place.made else the(point, place)


def a_photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    return out.getvalue()
