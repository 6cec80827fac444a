"""A Redis that is away makes pages slower and fails none."""

import socket
import time

import pytest

from config.caches import ForgivingRedisCache
from tests.servers import free_port


@pytest.fixture(autouse=True)
def _no_memory_of_earlier_failures(monkeypatch):
    monkeypatch.setattr(ForgivingRedisCache, "_silent_until", 0.0)


def cache_at(port: int) -> ForgivingRedisCache:
    return ForgivingRedisCache(f"redis://127.0.0.1:{port}/0", {})


def test_every_question_has_an_answer_while_redis_is_away(monkeypatch):
    cache = cache_at(free_port())
    questions = {
        "get": lambda: cache.get("key", "otherwise") == "otherwise",
        "set": lambda: cache.set("key", 1) is None,
        "add": lambda: cache.add("key", 1) is True,
        "touch": lambda: cache.touch("key") is False,
        "delete": lambda: cache.delete("key") is False,
        "get_many": lambda: cache.get_many(["key"]) == {},
        "set_many": lambda: cache.set_many({"key": 1}) == ["key"],
        "delete_many": lambda: cache.delete_many(["key"]) is None,
        "has_key": lambda: cache.has_key("key") is False,
        "get_or_set": lambda: cache.get_or_set("key", 7) == 7,
    }
    for name, question in questions.items():
        monkeypatch.setattr(ForgivingRedisCache, "_silent_until", 0.0)
        assert question(), name
    with pytest.raises(ValueError):
        cache.incr("key")


def test_a_redis_that_never_answers_costs_one_moment_and_is_remembered(caplog):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        cache = cache_at(silent.getsockname()[1])
        began = time.monotonic()
        for _ in range(50):
            cache.get("key")
        assert time.monotonic() - began < 1
    assert len(caplog.records) == 1


@pytest.mark.postgres
def test_it_keeps_what_it_is_given_while_redis_is_there(settings):
    cache = ForgivingRedisCache(settings.REDIS_URL, {"KEY_FUNCTION": "tests.shelf.key"})
    cache.set("count", 1, timeout=30)
    assert cache.incr("count") == 2
    assert cache.get("count") == 2
    assert cache.add("count", 5) is False
    assert cache.delete("count") is True
