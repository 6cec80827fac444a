"""The ground that every test stands on. What runs the tests (database, broker) is chosen in tests/services.py."""

from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from hypothesis import settings as hypothesis

from tests import processes, shelf

# A shared machine is slow now and then: that is no finding. The same examples on every run, so that a build
# that was green is green again; `--hypothesis-profile=random` looks for new ones.
hypothesis.register_profile("portal", deadline=None, derandomize=True)
hypothesis.register_profile("random", deadline=None)
hypothesis.load_profile("portal")


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
