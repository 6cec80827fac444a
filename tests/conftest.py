"""The ground that every test stands on. What runs the tests (database, broker) is chosen in tests/services.py."""

import gc
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from django.db import connections
from hypothesis import settings as hypothesis

from tests import migrated, processes, shelf

# A shared machine is slow now and then: that is no finding. The same examples on every run, so that a build
# that was green is green again; `--hypothesis-profile=random` looks for new ones.
hypothesis.register_profile("portal", deadline=None, derandomize=True)
hypothesis.register_profile("random", deadline=None)
hypothesis.register_profile("thousands", deadline=None, derandomize=True)  # machines walk further with it
hypothesis.load_profile("portal")


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded now stays to the end: the garbage collector need not walk through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest, django_db_modify_db_settings: None) -> bool:
    """Whether the database stands already: pytest-django then makes none and applies only what is missing."""
    cache = request.config.cache.mkdir("portal") if hasattr(request.config, "cache") else None
    return migrated.copy_for_us(connections["default"].settings_dict, cache)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """No test finds in the cache what another left there: throttles, one-time codes, dashboards."""
    shelf.next_one()


@pytest.fixture
def bell(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rings the bell for real: without this, tests ring none and need no broker."""
    settings.DOORBELL = True
    monkeypatch.setattr("campaign.doorbell._silent_until", 0.0)


@pytest.fixture
def worker(transactional_db: None, tmp_path: Path) -> Iterator[Popen]:
    """A real Celery worker on this test's database and broker. Mark the test `processes`."""
    with processes.worker(tmp_path / "worker.log") as process:
        yield process
