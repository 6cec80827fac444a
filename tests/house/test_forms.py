"""Every form of every page: wrong, missing, repeated and hostile values are a 4xx, and nothing is half-written."""

import re
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.house import hostile
from tests.house.test_urls import address, told
from tests.house.urls import TABLE, people

ROLES = ("anonymous", "volunteer", "patroller", "official")  # who meets different forms
OPEN = [(name, role) for name, row in TABLE.items() for role in ROLES if row.answers[role] == 200]
# Done by the button alone, or with a reason in whatever words: nothing typed here is nonsense.
TAKES_ANY_WORDS = re.compile(r"/moves/|/cancel/$|/leave/$|/publish/$|/finish/$|/missed/$")
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
def world(two_streets: SimpleNamespace) -> SimpleNamespace:
    return people(two_streets)


def rows() -> dict[str, int]:
    own = ("campaign", "grids", "volunteers")
    silent = ("campaign.Mark", "campaign.Bucket")
    return {
        model._meta.label: model._base_manager.count()
        for model in apps.get_models()
        if model._meta.app_label in own and model._meta.label not in silent
    }


@pytest.mark.parametrize(("name", "role"), OPEN, ids=lambda value: str(value))
def test_hostile_forms_are_answered_below_500_and_write_nothing(world, name, role):
    client = Client(raise_request_exception=False)
    if role != "anonymous":
        client.force_login(world.roles[role])
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
        for field in form.fields:
            for value in ("", "-1", "9" * 30, "x" * 3000, "a\x00b", "9999-12-31", "0001-01-01"):
                answer = client.post(target, {**form.fields, field: value})
                assert answer.status_code < 500, f"{target} {field}={value!r:.40}"
            answer = client.post(target, {**form.fields, field: [form.fields[field], "-1", "x"]})
            assert answer.status_code < 500, f"{target} {field} twice"
        for field in form.files:
            for kind, (content, mime) in FILES.items():
                upload = SimpleUploadedFile(f"../../{kind}.png", content, content_type=mime)
                assert client.post(target, {**form.fields, field: upload}).status_code < 500, (
                    f"{target} {kind}"
                )


def test_forms_are_read_from_a_page():
    page = """<form method="post" action="/x/"><input name="a" value="1"><select name="b"><option value="2">
    </select><textarea name="c"></textarea><input type="file" name="d"></form><form><input name="q"></form>"""
    (form,) = forms_of(page)
    assert (form.action, form.files) == ("/x/", ["d"])
    assert form.fields == {"a": "1", "b": "2", "c": ""}


def test_pages_have_forms(world):
    client = Client()
    client.force_login(world.roles["official"])
    found: list[Any] = []
    for name in ("campaign:entries", "volunteers:activity_plan", "grids:visit_list"):
        found += forms_of(told(client.get(address(name, TABLE[name], world.here))))
    assert len(found) >= 3
