"""What the works share: the limit and the portal in turn, one page asked once and asked often."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.load.clients import Knock, knock
from tests.load.machine import Watch
from tests.load.rows import NotYet, Wrong

if TYPE_CHECKING:  # it imports the models, which must wait until Django is awake
    pass

ROUNDS = 3


def in_turn(
    watch: Watch, limit: Callable[[], float], portal: Callable[[], float]
) -> list[tuple[float, float]]:
    """The limit and the portal in turn, so that what disturbs the machine disturbs both."""
    rounds = []
    for _round in range(ROUNDS):
        watch.lap()
        rounds.append((limit(), portal()))
        watch.lap()
    return rounds


def page(path: str) -> str:
    """The path, if the portal has such a page; raises NotYet else."""
    from django.urls import Resolver404, resolve

    try:
        resolve(path)
    except Resolver404 as missing:
        raise NotYet(f"there is no page {path} yet") from missing
    return path


def queries(path: str, cookies: str = "", body: dict | None = None) -> int:
    """SQL statements of one request, counted in this process."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(
        raise_request_exception=False,
        HTTP_X_FORWARDED_PROTO="https",
        HTTP_HOST="127.0.0.1",
        HTTP_ORIGIN="https://127.0.0.1",
    )
    for part in cookies.split("; ") if cookies else ():
        name, _, value = part.partition("=")
        client.cookies[name] = value
    ask = functools.partial(client.post, path, body) if body else functools.partial(client.get, path)
    with CaptureQueriesContext(connection) as asked:
        answer = ask(secure=True)
    if answer.status_code >= 400:
        raise Wrong(f"{path} answers {answer.status_code}")
    return len(asked)


def median_of(port: int, one: Knock, times: int) -> float:
    """Milliseconds of the middle request of one client, after a few to warm up."""
    knock(port, [one] * 4, 2).expect(200)
    return knock(port, [one] * times, 1).expect(200).median * 1000
