"""Every address × role has a declared answer (tests/house/urls.py), and holds it."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.core.serializers import serialize
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.cast import PASSWORD
from tests.house import hostile
from tests.house.asked import watched
from tests.house.urls import BY_RULE, HOSTLESS, ROLES, TABLE, TELLS_OF_ANOTHER_STREET, Row


def patterns(resolver: URLResolver | None = None, inside: str = "") -> dict[str, URLPattern]:
    """Every named address of the URL conf, with its namespaces; one without a name is a mistake."""
    found: dict[str, URLPattern] = {}
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            found |= patterns(pattern, inside + (f"{pattern.namespace}:" if pattern.namespace else ""))
        else:
            found[f"{inside}{pattern.name or pattern.pattern}"] = pattern
    return found


def by_rule(name: str) -> bool:
    return any(rule.match(name) for rule in BY_RULE)


NAMES = [name for name in TABLE if name in patterns()]


@pytest.fixture
def world(two_peopled_streets: SimpleNamespace) -> SimpleNamespace:
    return two_peopled_streets


def client_of(world: SimpleNamespace, role: str, **options: Any) -> Client:
    client = Client(raise_request_exception=False, **options)
    if role != "anonymous":
        client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[world.roles[role].pk]
    return client


def address(name: str, row: Row, rows: dict[Any, Any]) -> str:
    return reverse(name, kwargs=row.arguments(rows))


# --- The table --------------------------------------------------------------------------------------
def test_every_address_has_a_row_or_a_rule():
    assert sorted(name for name in patterns() if name not in TABLE and not by_rule(name)) == []


def test_every_row_has_an_address():
    assert sorted(name for name in TABLE if name not in patterns()) == []


def test_every_row_names_an_answer_for_every_role():
    assert {name: set(row.answers) for name, row in TABLE.items() if set(row.answers) != set(ROLES)} == {}


@dataclass(frozen=True)
class Look:
    """What one role got at one address, and what that wrote."""

    status: int
    told: str
    headers: Any
    written: list[str]


def look(world: SimpleNamespace, name: str, role: str) -> Look:
    """Each address is opened once as each role; what that showed is asked by several tests."""
    looks = vars(world).setdefault("looks", {})
    if (name, role) not in looks:
        client, where = client_of(world, role), address(name, TABLE[name], world.here)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(where)
            content = told(answer)
        written = [
            query["sql"][:120]
            for query in asked.captured_queries
            if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))
            and "django_session" not in query["sql"]
        ]
        looks[name, role] = Look(answer.status_code, content, answer.headers, written)
    return looks[name, role]


@pytest.mark.parametrize("name", NAMES)
def test_the_answers_are_those_of_the_table(world, name):
    assert {role: look(world, name, role).status for role in ROLES} == TABLE[name].answers


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_another_street_is_told(world, name):
    if name in TELLS_OF_ANOTHER_STREET:
        pytest.skip(TELLS_OF_ANOTHER_STREET[name])
    for role in ROLES:
        if role != "far":
            assert "远方" not in look(world, name, role).told, role


def told(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode("utf-8", "replace")


@pytest.mark.parametrize("name", [name for name in NAMES if TABLE[name].scoped])
def test_a_row_of_another_street_is_not_found(world, name):
    row = TABLE[name]
    where = address(name, row, world.far)
    for role in ROLES:
        if role == "far":
            continue
        answer = client_of(world, role).get(where)
        if row.answers[role] in (302, 403, 405):  # told before the row is looked for
            assert answer.status_code in (row.answers[role], 404), role
        else:
            assert answer.status_code == 404, role
        assert "远方" not in told(answer)


@pytest.mark.parametrize("name", [name for name in NAMES if TABLE[name].scoped])
def test_a_row_of_another_street_is_not_written(world, name):
    row = TABLE[name]
    before = {model: serialize("json", [one]) for model, one in world.far.items()}
    bodies = (
        {},
        {"note": "written", "reason": "written", "state": "closed", "move": "file", "name": "written"},
    )
    for role in ("anonymous", "volunteer", "patroller", "liaison", "secretary", "official"):
        for body in bodies:
            answer = client_of(world, role).post(address(name, row, world.far), body)
            assert answer.status_code in (302, 403, 404, 405), role
            if answer.status_code == 302:
                assert answer.headers["Location"].startswith(("/accounts/sign-in/", "/")), role
                assert role == "anonymous" or row.answers[role] == 302, role
    after = {
        model: serialize("json", [model._base_manager.get(pk=one.pk)]) for model, one in world.far.items()
    }
    assert {model for model in before if before[model] != after[model]} == set()


# --- What holds for all addresses -------------------------------------------------------------------
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_written_without_the_token_of_the_page(world, name):
    for role in ("anonymous", "official"):
        client = client_of(world, role, enforce_csrf_checks=True)
        answer = client.post(address(name, TABLE[name], world.here), {"a": "b"})
        assert answer.status_code in (401, 403, 404, 405), role


@pytest.mark.parametrize("name", NAMES)
def test_looking_changes_nothing(world, name):
    for role in ROLES:
        assert look(world, name, role).written == [], role


@pytest.mark.parametrize("name", NAMES)
def test_a_foreign_host_name_is_refused(world, settings, name):
    settings.ALLOWED_HOSTS = ["testserver"]
    if name not in HOSTLESS:
        answer = Client().get(address(name, TABLE[name], world.here), headers={"host": "evil.example"})
        assert answer.status_code == 400


@pytest.mark.parametrize("name", NAMES)
def test_a_null_byte_in_the_address_is_refused(world, name):
    where = address(name, TABLE[name], world.here)
    for role in ("anonymous", "official"):
        client = client_of(world, role)
        assert client.get(f"{where}?q=a%00b").status_code == 400 or name in HOSTLESS
        assert client.post(f"{where}", {"q": "a\x00b", "name": "\x00", "note": "\x00"}).status_code < 500


def questions_that_fail(client: Client, where: str) -> list[str]:
    """The hostile questions that the page at `where` answers with 500 or above."""
    texts = [text[:3000] for text in hostile.TEXTS if "\x00" not in text]
    # Under whatever names, for what becomes of the address as a whole: each text is there.
    questions = [{f"k{number}": text for number, text in enumerate(texts)}]
    done: set[str] = set()
    failed = []
    with watched() as read:
        while questions:
            failed += [repr(asked)[:80] for asked in questions if client.get(where, asked).status_code >= 500]
            new = sorted(read - done)
            done |= read
            questions = [{key: value} for key in new for value in ("x", "9" * 30)]
            questions += [dict.fromkeys(done, text) for text in texts if new]
    return failed


@pytest.mark.parametrize("name", NAMES)
def test_hostile_questions_are_answered_below_500(world, name):
    if name in HOSTLESS:
        pytest.skip("it says 503 of itself here")
    assert questions_that_fail(client_of(world, "official"), address(name, TABLE[name], world.here)) == []


@pytest.mark.parametrize("name", [name for name in NAMES if TABLE[name].of])
def test_hostile_keys_in_the_address_are_not_found(world, name):
    where = address(name, TABLE[name], world.here)
    key = str(next(iter(TABLE[name].arguments(world.here).values())))
    for role in ("anonymous", "official"):
        for value in hostile.PATHS:
            answer = client_of(world, role).get(where.replace(f"/{key}/", f"/{value}/", 1))
            assert answer.status_code in (302, 400, 403, 404, 405), value


def leads_elsewhere(answer: Any) -> bool:
    """Whether a browser would follow the answer to another host. Browsers read a backslash as a slash and
    leave out tabs and line ends."""
    if answer.status_code not in (301, 302, 303, 307, 308):
        return False
    raw = answer.headers["Location"]
    seen = "".join(sign for sign in raw if sign not in "\t\r\n").strip().replace("\\", "/")
    there = urlsplit(urljoin("http://testserver/here/", seen))
    return there.scheme not in ("http", "https") or there.hostname != "testserver"


@pytest.mark.parametrize("name", NAMES)
def test_no_next_page_lies_outside(world, name):
    where = address(name, TABLE[name], world.here)
    few = hostile.ELSEWHERE[:1] + hostile.ELSEWHERE[2:3] + hostile.ELSEWHERE[5:6]
    payloads = hostile.ELSEWHERE if name.startswith("accounts:") else few
    for payload in payloads:
        for role in ("anonymous", "official"):
            client = client_of(world, role)
            came_from = {"referer": payload.encode("ascii", "ignore").decode().strip()}
            with watched() as read:
                assert not leads_elsewhere(client.get(where, {"next": payload}, headers=came_from)), payload
            if "next" in read:  # which may have hidden what is made of the referer
                assert not leads_elsewhere(client.get(where, headers=came_from)), payload
            assert not leads_elsewhere(client.post(where, {"next": payload})), payload


def test_signing_in_leads_to_no_page_outside(world):
    user = world.roles["secretary"]
    user.set_password(PASSWORD)
    user.save()
    for payload in hostile.ELSEWHERE:
        answer = Client().post(
            reverse("accounts:sign_in"), {"username": user.phone, "password": PASSWORD, "next": payload}
        )
        assert answer.status_code == 302, payload
        assert not leads_elsewhere(answer), payload


@pytest.mark.parametrize("name", NAMES)
def test_what_a_person_saw_is_in_no_cache(world, name):
    for role in ("secretary", "official"):
        answer = look(world, name, role)
        if answer.status == 200:
            said = answer.headers.get("Cache-Control", "")
            assert "no-store" in said or "private" in said or "no-cache" in said, role


@pytest.mark.parametrize("name", NAMES)
def test_the_headers_that_guard_a_page_are_there(world, name):
    answer = look(world, name, "official")
    if answer.status == 200 and name not in HOSTLESS:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] in ("DENY", "SAMEORIGIN")
        policy = answer.headers["Content-Security-Policy"]
        if name == "api_docs":  # Swagger's page sets styles on its own elements; scripts stay ours
            policy = policy.replace("style-src 'self' 'unsafe-inline'", "")
        assert "'unsafe-inline'" not in policy
        assert "'unsafe-eval'" not in policy


# --- The tests can fail -----------------------------------------------------------------------------
def test_a_redirect_outside_is_found():
    def to(place: str) -> SimpleNamespace:
        return SimpleNamespace(status_code=302, headers={"Location": place})

    assert leads_elsewhere(to("//evil.example"))
    assert leads_elsewhere(to("/\\evil.example"))
    assert leads_elsewhere(to("/\t/evil.example"))
    assert leads_elsewhere(to("javascript:alert(1)"))
    assert not leads_elsewhere(to("/dashboard/?next=//evil.example"))
    assert not leads_elsewhere(to("http://testserver/"))


def test_a_page_that_trusts_its_question_is_found(settings, db):
    settings.ROOT_URLCONF = "tests.house.leaky_pages"
    failed = questions_that_fail(Client(raise_request_exception=False), "/question/")
    assert any("many_of_them" in question for question in failed)


def test_an_address_without_a_row_is_found(monkeypatch):
    monkeypatch.delitem(TABLE, "campaign:home")
    assert "campaign:home" in [name for name in patterns() if name not in TABLE and not by_rule(name)]
