"""Every model says whose its rows are, and the rows are seen by those alone."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from accounts.models import OneTimeCode, PersonalDataAccess, User
from campaign.models import Committee, Community, Unit
from campaign.scoping import Scope, ScopedModel, ScopedQuerySet, WholeStreet
from tests import factories

OF_NO_STREET: dict[type[models.Model], str] = {
    User: "accounts stand below the streets; a person is named through appointments (admin.scoped.colleagues)",
    OneTimeCode: "digests only, gone after ten minutes; no page shows them",
    PersonalDataAccess: "the log over all streets that the system's administrator reads",
}
ENDS_AT = {"committee": Committee, "community": Community, "unit": Unit, "leader": User, "own": User}


def our_models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models()
        if model._meta.app_label in factories.OUR_APPS and not model._meta.proxy
    ]


def wrong_paths(model: type[models.Model], scope: Scope) -> list[str]:
    """The paths of `scope` that do not lead from `model` to what their name says."""
    wrong = []
    for name, target in ENDS_AT.items():
        paths = getattr(scope, name)
        for path in (paths,) if isinstance(paths, str) else paths:
            if path and end_of(model, path) is not target:
                wrong.append(f"{model._meta.label}.scope.{name}: {path!r} does not lead to {target.__name__}")
    if not scope.committee:
        wrong.append(f"{model._meta.label}.scope has no path to the committee")
    return wrong


def end_of(model: Any, path: str) -> Any:
    here = model
    for step in path.split("__"):
        if step == "pk":
            continue
        try:
            here = here._meta.get_field(step).related_model
        except FieldDoesNotExist:
            return None
        if here is None:
            return None
    return here


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_every_model_declares_its_scope(model):
    declared = model.__dict__.get("scope")
    if model in OF_NO_STREET:
        assert declared is None
    elif isinstance(declared, WholeStreet):
        assert len(declared.why) > 15, "say why nobody in particular owns these rows"
    else:
        assert isinstance(declared, Scope), "declare scope = Scope(...) or WholeStreet(why)"
        assert issubclass(model, ScopedModel)
        assert wrong_paths(model, declared) == []
        assert isinstance(model._default_manager.all(), ScopedQuerySet), "the first manager knows visible_to"
        assert isinstance(model.objects.all(), ScopedQuerySet)


def test_a_path_that_leads_elsewhere_is_found():
    assert wrong_paths(Unit, Scope(committee="community")) != []
    assert wrong_paths(Unit, Scope(committee="committee", own="no_such_field")) != []
    assert wrong_paths(Unit, Scope(committee="")) != []
    assert wrong_paths(Unit, Scope(committee="committee", community="community", unit="pk")) == []


def test_the_list_of_exceptions_holds_nothing_that_is_gone():
    assert set(OF_NO_STREET) <= set(our_models())


# --- Whose rows are seen by whom --------------------------------------------------------------------
@pytest.fixture
def rows(cast: SimpleNamespace) -> SimpleNamespace:
    """One row of every scoped model at each of three places."""
    return SimpleNamespace(
        a=factories.make_all(factories.place_a(cast)),
        b=factories.make_all(factories.place_b(cast)),
        far=factories.make_all(factories.place_far(cast)),
    )


def seen(user: User, rows: dict[type[ScopedModel], Any]) -> set[str]:
    return {model._meta.label for model, row in rows.items() if row.is_visible_to(user)}


def labels(of: Any = None) -> set[str]:
    return {model._meta.label for model in factories.scoped_models() if of is None or of(model)}


def test_an_official_sees_every_row_of_the_own_street_and_none_of_another(cast, rows):
    assert seen(cast.official, rows.a) == labels()
    assert seen(cast.official, rows.b) == labels()
    assert seen(cast.official, rows.far) == set()
    assert seen(cast.official_far, rows.far) == labels()
    assert seen(cast.official_far, rows.a) == set()


def test_a_secretary_sees_the_own_community_and_of_another_only_reference_rows(cast, rows):
    by_community = labels(lambda model: bool(model.scope.community) or model.scope.reference)
    assert seen(cast.secretary_a, rows.a) == by_community
    assert seen(cast.secretary_a, rows.b) == labels(lambda model: model.scope.reference)
    assert seen(cast.secretary_a, rows.far) == set()


def test_a_liaison_sees_what_is_assigned_to_the_unit(cast, rows):
    assert seen(cast.liaison_a, rows.a) == labels(
        lambda model: bool(model.scope.unit) or model.scope.reference
    )
    assert seen(cast.liaison_b, rows.a) == labels(lambda model: model.scope.reference)


def test_who_has_no_appointment_sees_nothing(cast, rows):
    for place in (rows.a, rows.b, rows.far):
        assert seen(cast.stranger, place) == set()
        assert seen(None, place) == set()


def test_who_has_left_sees_nothing_more(cast, rows):
    cast.official.appointments.update(until=factories.day(0))
    assert seen(User.objects.get(pk=cast.official.pk), rows.a) == set()
    cast.secretary_a.is_active = False
    cast.secretary_a.save()
    assert seen(User.objects.get(pk=cast.secretary_a.pk), rows.a) == set()


def personal_paths() -> list[Any]:
    found = []
    for model in factories.scoped_models():
        for name in ("leader", "own"):
            paths = getattr(model.scope, name)
            for path in (paths,) if isinstance(paths, str) else paths:
                if path:
                    found.append(pytest.param(model, path, id=f"{model._meta.label}:{path}"))
    return found


@pytest.mark.parametrize(("model", "path"), personal_paths())
def test_a_row_is_seen_by_the_person_at_the_end_of_each_path(cast, model, path):
    place = factories.place_a(cast)
    row, other = factories.the(model, place), factories.the(model, factories.place_b(cast))
    assert not row.is_visible_to(cast.stranger)
    name_at_the_end(row, path, cast.stranger, place)
    assert row.is_visible_to(cast.stranger)
    assert not other.is_visible_to(cast.stranger)
    assert model.objects.visible_to(cast.stranger).count() == 1, "no row twice"


def name_at_the_end(row: Any, path: str, user: User, place: factories.Place) -> None:
    *steps, last = path.split("__")
    here = row
    for step in steps:
        relation = here._meta.get_field(step)
        if relation.one_to_many or relation.many_to_many:
            made = getattr(here, step).first()
            here = made or factories.make(relation.related_model, place, **{relation.field.name: here})
            continue
        there = getattr(here, step)
        if there is None:
            there = factories.make(relation.related_model, place)
            setattr(here, step, there)
            here.save()
        here = there
    setattr(here, last, user)
    here.save()
