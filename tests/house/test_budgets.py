"""A list asks the database the same number of questions for three rows and for thirty, and not more than allowed."""

import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaign.scoping import ScopedModel
from config.api import router
from tests import factories

BUDGETS: dict[str, dict[str, int]] = tomllib.loads(
    Path(__file__).with_name("budgets.toml").read_text(encoding="utf-8")
)
ADMIN_LISTS = [param for param in admin.site._registry if issubclass(param, ScopedModel)]
API_LISTS = {
    name: view for name, view, _base in router.registry if getattr(view, "queryset", None) is not None
}
NO_LIST_OF = {
    "Committee",
    "Community",
    "Unit",
}  # the factory gives the place itself: more of them are made here


@pytest.fixture
def world(cast: SimpleNamespace) -> SimpleNamespace:
    place = factories.place_a(cast)
    factories.make_all(place)
    official, secretary, anonymous = Client(), Client(), Client()
    official.force_login(cast.official)
    secretary.force_login(cast.secretary_a)
    return SimpleNamespace(place=place, official=official, secretary=secretary, anonymous=anonymous)


def more(model: type[models.Model], place: factories.Place, number: int) -> None:
    """`number` further rows, each with related rows of its own, so that a forgotten join shows."""
    for _row in range(number):
        if model.__name__ in NO_LIST_OF:
            made = model._base_manager.first()
            made.pk, made.name = None, f"{place.marker}{_row}{model._base_manager.count()}"
            if hasattr(made, "slug"):
                made.slug = f"s{model._base_manager.count()}"
            made.save()
        else:
            fresh = factories.Place(place.committee, place.community, place.unit, place.marker)
            factories.make(model, fresh)


def queries(client: Client, address: str) -> int:
    client.get(address)  # what is read once and kept in the process is read before
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200, address
    return len(asked)


def growth(
    world: SimpleNamespace, client: Client, address: str, model: type[models.Model]
) -> tuple[int, int]:
    more(model, world.place, 2)
    few = queries(client, address)
    more(model, world.place, 27)
    return few, queries(client, address)


def problem(few: int, many: int, budget: int) -> str:
    """What is wrong with a list that asked `few` questions for 3 rows and `many` for 30."""
    if many > few:
        return f"grows from {few} to {many} questions"
    return f"asks {many} questions, {budget} are allowed" if many > budget else ""


@pytest.mark.parametrize("name", BUDGETS["pages"])
def test_a_page_stays_within_its_budget(world, name):
    url_name, _space, who = name.partition(" ")
    budget = BUDGETS["pages"][name]
    label = BUDGETS["models"].get(url_name, "volunteers.Activity")  # type: ignore[call-overload]
    model = next(one for one in factories.scoped_models() if one._meta.label == label)
    few, many = growth(world, getattr(world, who or "official"), reverse(url_name), model)
    assert problem(few, many, budget) == ""


@pytest.mark.parametrize("model", [pytest.param(model, id=model._meta.label) for model in ADMIN_LISTS])
def test_a_list_of_the_admin_does_not_grow(world, model):
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    few, many = growth(world, world.official, address, model)
    assert problem(few, many, BUDGETS["rules"]["admin"]) == ""


@pytest.mark.parametrize("name", sorted(API_LISTS))
def test_a_list_of_the_api_does_not_grow(world, name):
    few, many = growth(world, world.official, f"/api/v1/{name}/", API_LISTS[name].queryset.model)
    assert problem(few, many, BUDGETS["rules"]["api"]) == ""


def test_a_list_that_grows_or_asks_too_much_is_found(world):
    assert problem(5, 32, 40)
    assert problem(12, 12, 10)
    assert not problem(5, 5, 10)

    def asking_for_each(_address: Any) -> Any:
        for row in factories.scoped_models()[0]._base_manager.all():
            row.refresh_from_db()
        return SimpleNamespace(status_code=200)

    client: Any = SimpleNamespace(get=asking_for_each)
    few, many = growth(world, client, "/", factories.scoped_models()[0])
    assert many == few + 27
