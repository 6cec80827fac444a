"""What a view reads of a question (?key=value): a key at which it never looks cannot trouble it.

A test asks once without keys, and then with nonsense under each key that was looked at. It is as sharp as asking
under every name one can think of: as long as no key is looked at, a view goes the same way whatever stands there.
"""

import contextlib
from collections.abc import Iterator
from typing import Any
from unittest import mock

from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict
from django.utils.functional import cached_property


class Watched(QueryDict):
    """A question that notes in `read` at which of its keys somebody looks."""

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


@contextlib.contextmanager
def watched() -> Iterator[set[str]]:
    """The set of the keys at which views look while the block runs; it grows with every request."""
    question = cached_property(lambda request: Watched(request.META.get("QUERY_STRING", "")))
    question.__set_name__(WSGIRequest, "GET")
    with mock.patch.object(WSGIRequest, "GET", question), mock.patch.object(Watched, "read", set()) as read:
        yield read
