"""The admin shows and takes the own street's rows alone: lists, pages, drop-downs, filters, search, exports."""

import io
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.admin import AdminSite, ModelAdmin
from django.core.serializers import serialize
from django.db import models
from django.forms import ModelChoiceField
from django.test import Client, RequestFactory
from django.urls import reverse
from openpyxl import load_workbook

from campaign.admin.scoped import ScopedAdmin
from campaign.adminsite import CampaignAdminSite
from campaign.scoping import ScopedModel
from tests.house import leaky_admin

# Admin classes that cannot be scoped by street, each with its reason.
NOT_SCOPED: dict[str, str] = {
    "accounts.User": "accounts hang on no street: the list shows colleagues, people appointed in the own street",
    "accounts.PersonalDataAccess": "the log of all streets: the system's administrator alone",
    "campaign.CalendarDay": "the national calendar, the same for every street",
    "campaign.TallyIncident": "the counter's logbook: the system's administrator alone",
    "campaign.OutboxMessage": "messages on their way: the system's administrator alone",
    "admin.LogEntry": "who changed what in the admin: an official sees what colleagues did",
}
REGISTERED = [pytest.param(model, id=model._meta.label) for model in admin.site._registry]
SCOPED = [
    pytest.param(model, id=model._meta.label)
    for model in admin.site._registry
    if issubclass(model, ScopedModel)
]


@pytest.fixture
def world(two_streets: SimpleNamespace) -> SimpleNamespace:
    """Rows of every model in both streets, and a browser for each official."""
    cast = two_streets.cast
    return SimpleNamespace(
        here=two_streets.here,
        far=two_streets.far,
        official=browser(two_streets, cast.official),
        root=browser(two_streets, cast.root),
        secretary=browser(two_streets, cast.secretary_a),
        user=cast.official,
    )


def browser(two_streets: SimpleNamespace, user: Any) -> Client:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = two_streets.sessions[user.pk]
    return client


def page(model: type[models.Model], name: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def shows_far(answer: Any) -> bool:
    """Whether anything of the other street stands in the answer."""
    return "远方" in answer.content.decode()


# --- What is looked for, as functions that name what is wrong ---------------------------------------
def leaks_of_list(world: SimpleNamespace, model: type[models.Model]) -> list[str]:
    answer = world.official.get(page(model, "changelist"))
    if answer.status_code != 200:
        return [f"the list answers {answer.status_code}"]
    wrong = []
    shown = set(answer.context["cl"].queryset.values_list("pk", flat=True))
    if world.far[model].pk in shown:
        wrong.append("the list holds a row of another street")
    if shows_far(answer):
        wrong.append("the list, a filter or the frame shows something of another street")
    if world.here[model].pk not in shown:
        wrong.append("the list lacks the own row")
    return wrong


def leaks_of_pages(world: SimpleNamespace, model: type[models.Model]) -> list[str]:
    wrong = []
    for name in ("change", "delete", "history"):
        answer = world.official.get(page(model, name, world.far[model].pk))
        if answer.status_code not in (302, 403, 404) or shows_far(answer):
            wrong.append(f"{name} of a row of another street answers {answer.status_code}")
    before = serialize("json", [world.far[model]])
    for name, body in (("change", {"name": "written", "_save": "1"}), ("delete", {"post": "yes"})):
        world.official.post(page(model, name, world.far[model].pk), body)
        row = model._base_manager.filter(pk=world.far[model].pk).first()
        if row is None or serialize("json", [row]) != before:
            wrong.append(f"{name} wrote a row of another street")
    return wrong


def leaks_of_choices(world: SimpleNamespace, model: type[models.Model]) -> list[str]:
    wrong = []
    for address in (page(model, "add"), page(model, "change", world.here[model].pk)):
        answer = world.official.get(address)
        if answer.status_code == 403:
            continue  # a class that cannot be written
        if answer.status_code != 200:
            wrong.append(f"{address} answers {answer.status_code}")
            continue
        if shows_far(answer):
            wrong.append(f"{address} shows something of another street")
        for name, field in fields_of(answer):
            far = foreign_choices(field, world)
            if far:
                wrong.append(f"{address} offers in {name}: {far}")
    return wrong


def fields_of(answer: Any) -> list[tuple[str, Any]]:
    found = list(answer.context["adminform"].form.fields.items())
    for inline in answer.context["inline_admin_formsets"]:
        # The hidden key of a line names lines of this form alone: the formset looks nowhere else.
        own_key = inline.formset.model._meta.pk.name
        fields = inline.formset.empty_form.fields
        found += [(f"inline {name}", field) for name, field in fields.items() if name != own_key]
    return found


def foreign_choices(field: Any, world: SimpleNamespace) -> list[str]:
    if not isinstance(field, ModelChoiceField):
        return []
    offered = field.queryset
    if issubclass(offered.model, ScopedModel):
        return [str(row) for row in offered if not row.is_visible_to(world.user)]
    return [str(row) for row in offered if "远方" in str(row)]


def leaks_of_search(world: SimpleNamespace, site: AdminSite) -> list[str]:
    wrong = []
    for model, model_admin in site._registry.items():
        named = list(model_admin.autocomplete_fields)
        for inline in model_admin.inlines:
            wrong += _leaks_of_autocomplete(world, inline.model, list(inline.autocomplete_fields))
        wrong += _leaks_of_autocomplete(world, model, named)
    return wrong


def _leaks_of_autocomplete(world: SimpleNamespace, model: type[models.Model], names: list[str]) -> list[str]:
    wrong = []
    for name in names:
        asked = {
            "app_label": model._meta.app_label,
            "model_name": model._meta.model_name,
            "field_name": name,
            "term": "",
        }
        for term in ("", "远方"):
            answer = world.official.get(reverse("admin:autocomplete"), {**asked, "term": term})
            if answer.status_code != 200:
                wrong.append(f"the search for {model._meta.label}.{name} answers {answer.status_code}")
            elif any("远方" in result["text"] for result in answer.json()["results"]):
                wrong.append(f"the search for {model._meta.label}.{name} finds another street's rows")
    return wrong


def leaks_of_export(world: SimpleNamespace, model: type[models.Model]) -> list[str]:
    body = {
        "action": "export_rows",
        "select_across": "1",
        "_selected_action": [world.here[model].pk, world.far[model].pk],
    }
    answer = world.official.post(page(model, "changelist"), body)
    if "spreadsheet" not in answer.headers.get("Content-Type", ""):
        return [f"the export answers {answer.status_code} {answer.headers.get('Content-Type')}"]
    sheet = load_workbook(io.BytesIO(b"".join(answer) if answer.streaming else answer.content)).active
    cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row]
    wrong = ["the export holds something of another street"] if any("远方" in cell for cell in cells) else []
    return wrong + (["the export lacks the own rows"] if sheet.max_row < 2 else [])


# --- The rules --------------------------------------------------------------------------------------
def test_the_site_is_ours_and_asks_the_appointment():
    assert isinstance(admin.site, CampaignAdminSite)


@pytest.mark.parametrize("model", REGISTERED)
def test_every_admin_class_is_scoped_or_says_why_not(model):
    if not isinstance(admin.site._registry[model], ScopedAdmin):
        assert model._meta.label in NOT_SCOPED
    else:
        assert issubclass(model, ScopedModel)


@pytest.mark.parametrize("model", SCOPED)
def test_lists_and_filters_show_the_own_street_alone(world, model):
    assert leaks_of_list(world, model) == []


@pytest.mark.parametrize("model", SCOPED)
def test_pages_of_another_street_are_not_found_and_not_written(world, model):
    assert leaks_of_pages(world, model) == []


@pytest.mark.parametrize("model", SCOPED)
def test_forms_offer_the_own_street_alone(world, model):
    assert leaks_of_choices(world, model) == []


def test_the_search_of_drop_downs_finds_the_own_street_alone(world):
    assert leaks_of_search(world, admin.site) == []


@pytest.mark.parametrize("model", SCOPED)
def test_exports_hold_the_own_street_alone(world, model):
    if "export_rows" in admin.site._registry[model].get_actions(request_of(world)):
        assert leaks_of_export(world, model) == []


@pytest.mark.parametrize(
    "model", [param for param in REGISTERED if param.values[0]._meta.label in NOT_SCOPED]
)
def test_what_is_not_scoped_shows_an_official_nothing_of_another_street(world, model):
    answer = world.official.get(page(model, "changelist"))
    assert answer.status_code in (200, 302, 403)
    assert not shows_far(answer)
    far = model._base_manager.filter(pk__in=model._base_manager.values("pk"))
    for row in far:
        if "远方" in str(row):
            told = world.official.get(page(model, "change", row.pk))
            assert told.status_code in (302, 403, 404), str(row)


@pytest.mark.parametrize("model", REGISTERED)
def test_nobody_but_officials_and_administrators_comes_in(world, model):
    assert world.secretary.get(page(model, "changelist")).status_code in (302, 403)
    assert Client().get(page(model, "changelist")).status_code == 302


def request_of(world: SimpleNamespace) -> Any:
    request = RequestFactory().get("/")
    request.user = world.user
    return request


# --- What an official meets there -------------------------------------------------------------------
@pytest.mark.parametrize("model", REGISTERED)
def test_every_page_opens_in_chinese(world, model):
    row = world.here.get(model)
    addresses = [page(model, "changelist"), page(model, "changelist") + "?q=a", page(model, "add")]
    addresses += [page(model, "change", row.pk), page(model, "history", row.pk)] if row else []
    for browser_ in (world.official, world.root):
        for address in addresses:
            answer = browser_.get(address)
            assert answer.status_code in (200, 403) or (answer.status_code == 302 and "q=a" in address), (
                address
            )
            if answer.status_code == 200:
                assert 'lang="zh-hans"' in answer.content.decode(), address


@pytest.mark.parametrize("model", REGISTERED)
def test_lists_show_names_and_no_bare_ids(model):
    shown = admin.site._registry[model]
    of_a_log = {"subject_id"}  # a log of all kinds of records can name them by number alone
    bare = {name for name in map(str, shown.list_display) if name in ("id", "pk") or name.endswith("_id")}
    bare -= of_a_log
    assert bare == set()
    assert not shown.raw_id_fields
    for name in shown.list_display:
        if name == "phone" or str(name).endswith("_phone"):
            assert str(name).startswith("masked"), "phones are shown masked"


@pytest.mark.parametrize("model", REGISTERED)
def test_headings_of_lists_are_translated(world, model):
    answer = world.root.get(page(model, "changelist"))
    if answer.status_code == 200:
        headings = [str(head["text"]) for head in _headings(answer)]
        english = [text for text in headings if text and text.isascii() and text.strip("- ").isalpha()]
        assert english == []


def _headings(answer: Any) -> list[dict[str, Any]]:
    from django.contrib.admin.templatetags.admin_list import result_headers

    return [head for head in result_headers(answer.context["cl"]) if "checkbox" not in str(head["text"])]


@pytest.mark.parametrize("address", ["admin:index", "admin:password_change"])
def test_the_frame_opens(world, address):
    answer = world.official.get(reverse(address))
    assert answer.status_code == 200
    assert not shows_far(answer)


# --- The tests can fail -----------------------------------------------------------------------------
@pytest.fixture
def leaky(world: SimpleNamespace, settings: Any) -> SimpleNamespace:
    settings.ROOT_URLCONF = "tests.house.leaky_admin"
    settings.UNFOLD = {**settings.UNFOLD, "SIDEBAR": {}}
    return world


def test_a_leaking_list_is_found(leaky):
    assert len(leaks_of_list(leaky, leaky_admin.Site)) == 2


def test_a_leaking_page_is_found(leaky):
    assert len(leaks_of_pages(leaky, leaky_admin.Site)) >= 4


def test_a_leaking_drop_down_is_found(leaky):
    assert any("offers in community" in line for line in leaks_of_choices(leaky, leaky_admin.Site))


def test_a_leaking_search_is_found(leaky):
    assert leaks_of_search(leaky, leaky_admin.leaky) != []


def test_an_unscoped_class_is_no_scoped_one():
    assert isinstance(leaky_admin.leaky._registry[leaky_admin.Site], ModelAdmin)
    assert not isinstance(leaky_admin.leaky._registry[leaky_admin.Site], ScopedAdmin)
