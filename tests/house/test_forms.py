"""Every form of every page: wrong, missing, repeated and hostile values are a 4xx, and nothing is half-written."""

import re
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import BaseForm
from django.test import Client

from tests.house import hostile
from tests.house.asked import failures
from tests.house.test_urls import address, client_of, told
from tests.house.urls import TABLE

ROLES = ("anonymous", "volunteer", "patroller", "official")  # who meets different forms
OPEN = [(name, role) for name, row in TABLE.items() for role in ROLES if row.answers[role] == 200]
# Done by the button alone, or with a reason in whatever words: nothing typed here is nonsense.
TAKES_ANY_WORDS = re.compile(
    r"/messages/wishes/$|/me/calendar/new/$|/me/data/(delete|agree)/$|/steps/|/whistles/answer/|/link/$|/revoke/$"
    r"|/filters/\d+/remove/$|/hotspots/patrol/$|/moves/|/cancel/$|/leave/$|/publish/$|/finish/$|/missed/$"
    r"|/acts/(withdraw|appeal|phone)/$|/volunteers/team-requests/\d+/$"
)
FILES = {
    "text": (b"no photo", "text/plain"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/svg+xml"),
    "html": (b"\\x89PNG\\r\\n\\x1a\\n<script>alert(1)</script>", "image/png"),
    "empty": (b"", "image/jpeg"),
}


class Forms(HTMLParser):
    """Reads the forms of a page: where each goes, and the fields with what they hold."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[SimpleNamespace] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(
                SimpleNamespace(
                    method=given.get("method", "get").lower(),
                    action=given.get("action", ""),
                    fields={},
                    files=[],
                )
            )
        elif tag in ("input", "textarea", "select", "button", "option") and self.found:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        form, name = self.found[-1], given.get("name", "")
        if tag == "option" and self._select:
            form.fields[self._select] = given.get("value", "") or form.fields[self._select]
        elif name and given.get("type") == "file":
            form.files.append(name)
        elif name and name != "csrfmiddlewaretoken":
            form.fields.setdefault(name, given.get("value", ""))
            self._select = name if tag == "select" else ""


def forms_of(page: str) -> list[SimpleNamespace]:
    reader = Forms()
    reader.feed(page)
    return [form for form in reader.found if form.method == "post"]


@pytest.fixture
def world(two_peopled_streets: SimpleNamespace) -> SimpleNamespace:
    return two_peopled_streets


def rows() -> dict[str, int]:
    own = ("campaign", "grids", "volunteers")
    silent = ("campaign.Mark", "campaign.Bucket")
    return {
        model._meta.label: model._base_manager.count()
        for model in apps.get_models()
        if model._meta.app_label in own and model._meta.label not in silent
    }


ALONE = ("", "-1", "9" * 30, "x" * 3000, "a\x00b", "9999-12-31", "0001-01-01")


def refused_fields(answer: Any) -> set[str]:
    """The names of the fields that the forms of a page mark as wrong; none where no form is shown again."""
    seen = [value for layer in answer.context or () for part in layer for value in part.values()]
    found: set[str] = set()
    for form in (one for one in seen if issubclass(type(one), BaseForm) and one.is_bound):
        found |= {form.add_prefix(name) for name in form.errors if name in form.fields}
    return found


def posts_that_fail(client: Client, target: str, form: SimpleNamespace) -> list[str]:
    """The hostile posts to one form that are answered with 500 or above: a field holds what it must not hold, or
    is there three times, or holds a file that is no photo, while the others are good."""

    def send(given: dict[str, Any]) -> Any:
        return client.post(target, {**form.fields, **given})

    failed = failures(form.fields, ALONE, send, refused_fields)
    for field, held in form.fields.items():
        if send({field: [held, "-1", "x"]}).status_code >= 500:
            failed.append(f"{field} three times")
    for field in form.files:
        for kind, (content, mime) in FILES.items():
            upload = SimpleUploadedFile(f"../../{kind}.png", content, content_type=mime)
            if send({field: upload}).status_code >= 500:
                failed.append(f"{field} with {kind}")
    return [f"{target} {what}" for what in failed]


@pytest.mark.parametrize(("name", "role"), OPEN, ids=lambda value: str(value))
def test_hostile_forms_are_answered_below_500_and_write_nothing(world, name, role):
    client = client_of(world, role)
    where = address(name, TABLE[name], world.here)
    page = client.get(where)
    if "html" not in page.headers.get("Content-Type", ""):
        return
    for form in forms_of(told(page)):
        target = re.sub(r"#.*", "", form.action) or where
        if "sign-out" in target:
            continue
        before = rows()
        for value in (*hostile.TEXTS, None):
            sent = {} if value is None else dict.fromkeys(form.fields, value[:5000])
            assert client.post(target, sent).status_code < 500, f"{target} all={value!r:.40}"
        assert rows() == before or TAKES_ANY_WORDS.search(target), (
            f"{target} wrote something that nobody can have meant"
        )
        assert posts_that_fail(client, target, form) == []


def test_a_form_that_falls_over_its_fields_is_found(settings, db):
    settings.ROOT_URLCONF = "tests.house.leaky_pages"
    client = Client(raise_request_exception=False)
    (form,) = forms_of(told(client.get("/form/")))
    failed = posts_that_fail(client, "/form/", form)
    assert any("last=" in post for post in failed)  # the field refuses it, and then the form misses it
    assert "/form/ note='-1'" in failed  # the field takes it


def test_forms_are_read_from_a_page():
    page = """<form method="post" action="/x/"><input name="a" value="1"><select name="b"><option value="2">
    </select><textarea name="c"></textarea><input type="file" name="d"></form><form><input name="q"></form>"""
    (form,) = forms_of(page)
    assert (form.action, form.files) == ("/x/", ["d"])
    assert form.fields == {"a": "1", "b": "2", "c": ""}


def test_pages_have_forms(world):
    client = client_of(world, "official")
    found: list[Any] = []
    for name in ("campaign:entries", "volunteers:activity_plan", "grids:visit_list"):
        found += forms_of(told(client.get(address(name, TABLE[name], world.here))))
    assert len(found) >= 3
