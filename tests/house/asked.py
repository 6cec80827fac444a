"""Nonsense under every name that a view reads, and no more of it than can show something.

Which names it reads, `watched` sees while it answers: ask once without any, and then nonsense under each at which it
looked. That is as sharp as asking under all names one can think of, for as long as no name is looked at, a view goes
the same way whatever stands there.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from unittest import mock

from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict
from django.utils.functional import cached_property

from campaign.api.parsers import CarefulJSONParser


class WatchedQuestion(QueryDict):
    """A question (?key=value) that notes in `read` at which of its keys somebody looks."""

    read: set[str] = set()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._made = False
        super().__init__(*args, **kwargs)
        self._made = True

    def _note(self, key: object) -> None:
        if self._made:
            self.read.add(str(key))

    def __getitem__(self, key: str) -> Any:
        self._note(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._note(key)
        return super().__contains__(key)

    def getlist(self, key: str, default: Any = None) -> Any:
        self._note(key)
        return super().getlist(key, default)

    def pop(self, key: str, *args: Any) -> Any:
        self._note(key)
        return super().pop(key, *args)


class WatchedBody(dict):
    """A body of the API that notes in `read` at which of its columns somebody looks; whoever walks through it
    looks at all that are there."""

    read: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.read.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.read.add(str(key))
        return super().__contains__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self.read.add(key)
        return super().get(key, default)

    def pop(self, key: str, *args: Any) -> Any:
        self.read.add(key)
        return super().pop(key, *args)

    def __iter__(self) -> Iterator[str]:
        self.read.update(super().keys())
        return super().__iter__()

    def keys(self) -> Any:
        self.read.update(super().keys())
        return super().keys()

    def items(self) -> Any:
        self.read.update(super().keys())
        return super().items()

    def values(self) -> Any:
        self.read.update(super().keys())
        return super().values()


@contextlib.contextmanager
def watched() -> Iterator[set[str]]:
    """The names at which views look while the block runs, in questions and in the API's bodies; it grows with
    every request."""
    question = cached_property(lambda request: WatchedQuestion(request.META.get("QUERY_STRING", "")))
    question.__set_name__(WSGIRequest, "GET")
    parse = CarefulJSONParser.parse

    def parse_watched(*args: Any, **kwargs: Any) -> Any:
        body = parse(*args, **kwargs)
        return WatchedBody(body) if type(body) is dict else body

    read: set[str] = set()
    with (
        mock.patch.object(WSGIRequest, "GET", question),
        mock.patch.object(CarefulJSONParser, "parse", parse_watched),
        mock.patch.object(WatchedQuestion, "read", read),
        mock.patch.object(WatchedBody, "read", read),
    ):
        yield read


def failures(
    names: Iterable[str],
    values: Iterable[Any],
    send: Callable[[dict[str, Any]], Any],
    refused: Callable[[Any], set[str]],
) -> list[str]:
    """Which of the values are answered with 500 or above: under all names at once, and under one after another.

    `send` fills up what it is given with what is good; `refused` reads from an answer which names were told to
    hold something wrong. A value that the field of a name itself refuses leaves the rest of the form with the same
    thing as any other such value: nothing. So of those values each name is sent one alone.
    """
    names, failed, shown = set(names), [], set()

    def sent(given: dict[str, Any], what: str) -> Any:
        answer = send(given)
        if answer.status_code >= 500:
            failed.append(what)
        return answer

    for value in values:
        left_out = refused(sent(dict.fromkeys(names, value), f"all={value!r:.60}"))
        for name in sorted(names - (left_out & shown)):
            sent({name: value}, f"{name}={value!r:.60}")
        shown |= left_out
    return failed
