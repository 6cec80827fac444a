"""The API shows and takes within scope, writes only what it declares, and answers every nonsense with a 4xx."""

import json
import uuid
import warnings
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as portal
from django.core.management import call_command
from django.core.serializers import serialize
from django.db import models
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework import serializers
from rest_framework.test import APIClient, APIRequestFactory

from campaign.api.scoped import ScopedRelatedField, ScopedSerializer
from campaign.models import Site
from campaign.scoping import ScopedModel
from config.api import router
from tests.house import hostile
from tests.house.asked import failures, watched

RESOURCES = [pytest.param(name, view, id=name) for name, view, _base in router.registry]
OF_ROWS = [param for param in RESOURCES if getattr(param.values[1], "queryset", None) is not None]
# Read by everybody, each for a reason.
PUBLIC: dict[str, str] = {}
WRITES = {"create": "post", "update": "put", "partial_update": "patch", "destroy": "delete"}


@pytest.fixture
def world(two_streets: SimpleNamespace) -> SimpleNamespace:
    return SimpleNamespace(**vars(two_streets), official=sender(two_streets, two_streets.cast.official))


def sender(world: SimpleNamespace, user: Any) -> APIClient:
    client = APIClient(raise_request_exception=False)
    client.cookies[portal.SESSION_COOKIE_NAME] = world.sessions[user.pk]
    return client


def model_of(view: Any) -> type[models.Model]:
    return view.queryset.model


def address(name: str, view: Any = None, row: Any = None, action: str = "") -> str:
    """The address of a resource, of one of its rows, of one of the row's actions."""
    found = f"/api/v1/{name}/"
    if row is not None:
        found += f"{getattr(row, getattr(view, 'lookup_field', 'pk'))}/"
    return found + (f"{action}/" if action else "")


def actions_of(view: Any) -> list[tuple[str, str, bool]]:
    """(method, path, whether it is of one row) of every action beyond the usual ones."""
    return [
        (method, extra.url_path, extra.detail)
        for extra in view.get_extra_actions()
        for method in extra.mapping
    ]


def serializers_of(view: Any, user: Any) -> list[serializers.Serializer]:
    """Every serializer that the view uses, each as the request of `user` sees it."""
    request = APIRequestFactory().get("/")
    request.user = user
    names = ["list", "retrieve", *WRITES, *(extra.__name__ for extra in view.get_extra_actions())]
    found = {}
    for name in names:
        instance = view(action=name, request=request, format_kwarg=None, kwargs={})
        if hasattr(instance, "get_serializer_class"):
            made = (
                getattr(view, name, None)
                and getattr(getattr(view, name), "kwargs", {}).get("serializer_class")
            ) or (instance.get_serializer_class())
            found[made] = made(context={"request": request, "view": instance})
    return list(found.values())


def related_fields(serializer: serializers.BaseSerializer) -> list[tuple[str, Any]]:
    found = []
    fields = getattr(serializer, "fields", {})
    for name, field in fields.items() if hasattr(fields, "items") else ():
        inner = getattr(field, "child_relation", getattr(field, "child", field))
        if isinstance(inner, serializers.BaseSerializer):
            found += related_fields(inner)
        elif isinstance(inner, serializers.RelatedField) and not field.read_only:
            found.append((f"{type(serializer).__name__}.{name}", inner))
    return found


# --- Reading ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "view"), RESOURCES)
def test_who_is_not_signed_in_gets_nothing(world, name, view):
    if name not in PUBLIC:
        assert Client().get(address(name)).status_code in (401, 403)
        assert Client().post(address(name), {}, content_type="application/json").status_code in (401, 403)


@pytest.mark.parametrize(("name", "view"), OF_ROWS)
def test_a_list_holds_the_own_rows_alone(world, name, view):
    answer = world.official.get(address(name))
    assert answer.status_code == 200
    told = answer.content.decode()
    assert "远方" not in told
    keys = [row.get("id") for row in answer.json()["results"]]
    assert world.here[model_of(view)].pk in keys or None in keys
    assert len(keys) > 0


@pytest.mark.parametrize(("name", "view"), OF_ROWS)
@pytest.mark.parametrize("who", ["secretary_b", "patroller_b", "liaison_b", "stranger", "official_far"])
def test_a_list_holds_what_the_reader_may_see(world, name, view, who):
    user = getattr(world.cast, who)
    model = model_of(view)
    answer = sender(world, user).get(address(name))
    assert answer.status_code in (200, 403)
    if answer.status_code == 200:
        told = {row["id"] for row in answer.json()["results"] if "id" in row}
        if told:
            assert told <= set(model.objects.visible_to(user).values_list("pk", flat=True))


@pytest.mark.parametrize(("name", "view"), OF_ROWS)
def test_a_row_of_another_street_is_not_found_by_any_method(world, name, view):
    row = world.far[model_of(view)]
    before = serialize("json", [row])
    for method in ("get", "put", "patch", "delete"):
        answer = getattr(world.official, method)(
            address(name, view, row), {"name": "written", "state": "closed"}
        )
        assert answer.status_code in ((404, 405) if method == "get" else (403, 404, 405)), method
        assert "远方" not in answer.content.decode()
    for method, path, detail in actions_of(view):
        if detail:
            answer = getattr(world.official, method)(address(name, view, row, path), {})
            assert answer.status_code in (404, 405), f"{method} {path}"
    assert serialize("json", [type(row)._base_manager.get(pk=row.pk)]) == before


@pytest.mark.parametrize(("name", "view"), OF_ROWS)
def test_a_row_that_is_seen_is_told_and_one_that_is_not_there_is_404(world, name, view):
    row = world.here[model_of(view)]
    assert world.official.get(address(name, view, row)).status_code in (200, 405)
    assert world.official.get(f"/api/v1/{name}/987654321/").status_code in (404, 405)


# --- Writing ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "view"), RESOURCES)
def test_serializers_name_their_fields_and_scope_their_relations(world, name, view):
    for serializer in serializers_of(view, world.cast.official):
        if isinstance(serializer, serializers.ModelSerializer):
            assert isinstance(serializer, ScopedSerializer)
            assert serializer.Meta.fields != serializers.ALL_FIELDS
            assert not hasattr(serializer.Meta, "exclude")
        for field_name, field in related_fields(serializer):
            offered = field.get_queryset()
            if issubclass(offered.model, ScopedModel):
                assert isinstance(field, ScopedRelatedField), field_name
                foreign = [row for row in offered if not row.is_visible_to(world.cast.official)]
            else:
                foreign = [row for row in offered if "远方" in str(row)]
            assert foreign == [], f"{field_name} accepts ids of another street"


@pytest.mark.parametrize(("name", "view"), OF_ROWS)
def test_a_related_id_of_another_street_is_refused(world, name, view):
    """The body of an own row, with one id after another replaced by one of the other street."""
    row = world.here[model_of(view)]
    count = type(row)._base_manager.count()
    for serializer in serializers_of(view, world.cast.official):
        for field_name, field in related_fields(serializer):
            target = field.get_queryset().model
            foreign = world.far.get(target) or world.cast.official_far
            body = with_id(body_of(serializer, row), serializer, field_name.rpartition(".")[2], foreign.pk)
            answer = world.official.post(address(name), body)
            assert answer.status_code in (400, 403, 404, 405, 409), f"{field_name}: {answer.content!r}"
    assert type(row)._base_manager.count() == count


def with_id(body: dict[str, Any], serializer: Any, name: str, key: int) -> dict[str, Any]:
    """The body with the id in its place: its own, or in each line of the lists inside it."""
    if name in serializer.fields:
        return {**body, name: key}
    return {
        part: [{**line, name: key} if isinstance(line, dict) else line for line in value]
        if isinstance(value, list)
        else value
        for part, value in body.items()
    }


def body_of(serializer: serializers.Serializer, row: Any) -> dict[str, Any]:
    """What the serializer says of a row, as a program would send it back."""
    try:
        told = json.loads(json.dumps(type(serializer)(row, context=serializer.context).data, default=str))
    except (AttributeError, KeyError, TypeError):
        return {}
    return {name: value for name, value in told.items() if name != "id" and value is not None}


@pytest.mark.parametrize(("name", "view"), OF_ROWS)
def test_only_declared_columns_are_written(world, name, view):
    """Every column of the model is sent along with the own row's body; what is not declared keeps its value."""
    row = world.here[model_of(view)]
    undeclared = {
        column.name: hostile_value(column, world)
        for column in row._meta.concrete_fields
        if column.name not in declared(view, world)
    }
    before = json.loads(serialize("json", [row]))[0]["fields"]
    for method in ("patch", "put"):
        getattr(world.official, method)(address(name, view, row), undeclared)
        after = json.loads(serialize("json", [type(row)._base_manager.get(pk=row.pk)]))[0]["fields"]
        assert {key for key in before if key in undeclared and before[key] != after[key]} == set()
    for serializer in serializers_of(view, world.cast.official):
        honest = made_by(world, name, row, body_of(serializer, row))
        pushed = made_by(world, name, row, {**body_of(serializer, row), **undeclared})
        for made in pushed:
            assert made.is_visible_to(world.cast.official)
            assert taken_over(made, undeclared) <= set().union(
                *(taken_over(one, undeclared) for one in honest)
            )


def made_by(world: SimpleNamespace, name: str, row: Any, body: dict[str, Any]) -> list[Any]:
    """The rows that a POST of `body` brings about."""
    rows = type(row)._base_manager
    known = set(rows.values_list("pk", flat=True))
    answer = world.official.post(address(name), {**body, "form_key": str(uuid.uuid4())})
    assert answer.status_code < 500
    return list(rows.exclude(pk__in=known))


def taken_over(made: Any, sent: dict[str, Any]) -> set[str]:
    """The columns of a row that hold what was sent."""
    held = {name: getattr(made, made._meta.get_field(name).attname) for name in sent}
    return {name for name, value in held.items() if value is not None and str(value) == str(sent[name])}


def declared(view: Any, world: SimpleNamespace) -> set[str]:
    return {
        name
        for serializer in serializers_of(view, world.cast.official)
        for name, field in getattr(serializer, "fields", {}).items()
        if not field.read_only
    }


def hostile_value(column: Any, world: SimpleNamespace) -> Any:
    if column.is_relation:
        target = world.far.get(column.related_model) or world.cast.official_far
        return target.pk
    if column.choices:
        return column.choices[-1][0]
    if isinstance(column, models.BooleanField):
        return True
    if isinstance(column, models.DateTimeField):
        return "1999-12-31T00:00:00+08:00"
    if isinstance(column, models.DateField):
        return "1999-12-31"
    if isinstance(column, models.CharField | models.TextField):
        return "written"[: column.max_length or 20]
    return 987654


# --- The schema -------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_schema_is_valid_and_without_warnings(tmp_path):
    target = tmp_path / "schema.yml"
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        warnings.simplefilter("default")
        call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(target))
    told = target.read_text(encoding="utf-8")
    for name, _view, _base in router.registry:
        assert f"/api/v1/{name}/" in told


def test_the_schema_and_its_pages_are_served_by_us(client, db):
    assert client.get("/api/v1/schema/").status_code == 200
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    assert "://" not in page.content.decode().replace("http://www.w3.org", "")


# --- Nonsense ---------------------------------------------------------------------------------------
def points() -> list[Any]:
    """Every way of writing: (resource, view, method, action path or "", whether it is of one row)."""
    found = []
    for name, view, _base in router.registry:
        ways = [
            (method, "", action != "create") for action, method in WRITES.items() if hasattr(view, action)
        ]
        ways += [way for way in actions_of(view) if way[0] != "get"]
        found += [pytest.param(name, view, *way, id=f"{way[0]}-{name}-{way[1]}") for way in ways]
    return found


def bodies_that_fail(client: APIClient, method: str, where: str, good: dict[str, Any]) -> list[str]:
    """The hostile bodies that are answered with 500 or above: what is no object, and objects in which a column that
    the view reads holds what it must not hold while the others are good."""

    def send(given: Any, content_type: str | None = None) -> Any:
        how = {"content_type": content_type} if content_type else {"format": "json"}
        return getattr(client, method)(where, given if content_type else {**good, **given}, **how)

    bodies = hostile.BODIES
    failed = [f"{body[:60]!r}" for body in bodies if send(body, "application/json").status_code >= 500]
    done: set[str] = set()
    with watched() as read:
        send({})
        while new := read - done:
            failed += failures(new, hostile.VALUES, send, refused_columns)
            done |= new
    return failed


def refused_columns(answer: Any) -> set[str]:
    """The names that an answer of 400 marks as wrong; none where it says something else."""
    told = answer.json() if answer.status_code == 400 and "json" in answer.headers["Content-Type"] else {}
    return set(told) if isinstance(told, dict) else set()


@pytest.mark.parametrize(("name", "view", "method", "path", "detail"), points())
def test_a_hostile_body_is_refused_with_4xx(world, name, view, method, path, detail):
    row = world.here[model_of(view)] if detail else None
    good: dict[str, Any] = {}
    for serializer in serializers_of(view, world.cast.official):
        good.update(body_of(serializer, world.here[model_of(view)]))
    assert bodies_that_fail(world.official, method, address(name, view, row, path), good) == []


def questions_that_fail(client: APIClient, where: str) -> list[str]:
    """The hostile questions at `where` that are answered with 500 or above."""
    done: set[str] = set()
    failed = []
    with watched() as read:
        client.get(where, {"q": "".join(hostile.TEXTS).replace("\x00", "")[:3000]})
        while new := read - done:
            failed += failures(new, hostile.TEXTS, lambda asked: client.get(where, asked), refused_columns)
            done |= new
    return failed


@pytest.mark.parametrize(("name", "view"), OF_ROWS)
def test_a_hostile_question_is_refused_with_4xx(world, name, view):
    assert questions_that_fail(world.official, address(name)) == []
    for value in hostile.PATHS:
        assert world.official.get(f"/api/v1/{name}/{value}/").status_code in (400, 404, 405), value
    for _method, path, detail in actions_of(view):
        row = world.here[model_of(view)] if detail else None
        assert questions_that_fail(world.official, address(name, view, row, path)) == []


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
        max_leaves=8,
    ),
    where=st.sampled_from([param.values for param in points()] or [None]),
)
def test_any_json_is_answered_below_500(db, made_once, body, where):
    if where is None:
        pytest.skip("nothing can be written yet")
    name, view, method, path, detail = where
    world = made_once
    row = world.here[model_of(view)] if detail else None
    answer = getattr(world.official, method)(
        address(name, view, row, path), json.dumps(body).encode(), content_type="application/json"
    )
    assert answer.status_code < 500


@pytest.fixture
def made_once(world: SimpleNamespace) -> SimpleNamespace:
    return world


# --- The tests can fail -----------------------------------------------------------------------------
def test_a_resource_that_trusts_what_it_reads_is_found(world, settings):
    settings.ROOT_URLCONF = "tests.house.leaky_pages"
    failed = bodies_that_fail(world.official, "post", "/resource/", {"first": 1, "last": 2})
    assert any(
        what.startswith("last=") for what in failed
    )  # the column refuses it, and then the rest misses it
    assert any(what.startswith("seldom=") for what in failed)  # read by hand, under a name of its own
    assert any("seldom=" in what for what in questions_that_fail(world.official, "/resource/"))


def test_an_unscoped_relation_is_found(world):
    class Leaky(serializers.ModelSerializer):
        class Meta:
            model = Site
            fields = ["community"]

    request = APIRequestFactory().get("/")
    request.user = world.cast.official
    ((_name, field),) = related_fields(Leaky(context={"request": request}))
    assert not isinstance(field, ScopedRelatedField)
    assert [row for row in field.get_queryset() if not row.is_visible_to(world.cast.official)] != []
