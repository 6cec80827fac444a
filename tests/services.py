"""The pytest plugin that decides what the tests run on, before Django reads its settings.

`--on sqlite` (the default) needs nothing. `--on postgres` takes DATABASE_URL and REDIS_URL where they are
given and starts real servers where not. Loaded with `-p`, for pytest-django reads the settings before any
conftest.py. Also keeps every test off the network.
"""

import contextlib
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests import servers

CANNOT_RUN = 77  # the exit status that tells bin/test "not here" from "failed"
ONLY_ON_POSTGRES = {"browser", "load", "postgres"}

_open = contextlib.ExitStack()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--on", choices=["sqlite", "postgres"], default="sqlite", help="which database the tests run on"
    )


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, Any, Any]:
    _set_up(early_config.known_args_namespace.on)
    return (yield)


def _set_up(where: str) -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if not worker:  # the workers of xdist inherit what their controller set up
        folder = Path(tempfile.mkdtemp(prefix="portal-test-", dir=os.environ.get("TMPDIR", "/tmp")))
        folder.chmod(0o755)
        _open.callback(shutil.rmtree, folder, ignore_errors=True)
        os.environ["PORTAL_TEST_FOLDER"] = str(folder)
        os.environ["QUEUE_NAME"] = f"test-{os.getpid()}"
        try:
            _choose(where, folder)
        except servers.NotHere as why:
            _open.close()
            print(f"This part cannot run here: {why}", flush=True)
            if note := os.environ.get("PORTAL_TEST_WHY"):
                Path(note).write_text(str(why))
            sys.exit(CANNOT_RUN)
        except BaseException:
            _open.close()
            raise
    var = Path(os.environ["PORTAL_TEST_FOLDER"]) / f"var-{worker or 'main'}"
    os.environ["VAR_DIR"] = str(var)
    os.environ["MEDIA_ROOT"] = str(var / "media")
    os.environ["PLAIN_STATIC"] = "1"
    os.environ.pop("PORTAL_ENV", None)


def _choose(where: str, folder: Path) -> None:
    if where == "sqlite":
        os.environ.pop("DATABASE_URL", None)
        os.environ.pop("REDIS_URL", None)
        return
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        os.environ["DATABASE_URL"] = _open.enter_context(servers.postgresql(folder))
        os.environ["PORTAL_TEST_SERVER"] = "ours"
    if not os.environ.get("REDIS_URL"):
        os.environ["REDIS_URL"] = _open.enter_context(servers.redis(folder))


def pytest_configure(config: pytest.Config) -> None:
    _stay_on_this_machine()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not os.environ.get("PYTEST_XDIST_WORKER"):
        _open.close()


def pytest_report_header(config: pytest.Config) -> str:
    return f"portal: on {config.option.on}" + (
        " with Redis" if os.environ.get("REDIS_URL") else ", no broker"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves to the PostgreSQL part what belongs there; bin/test counts it there."""
    if config.option.on != "sqlite":
        return
    elsewhere = [item for item in items if ONLY_ON_POSTGRES & {mark.name for mark in item.iter_markers()}]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]


def _stay_on_this_machine() -> None:
    """A test that reaches for the network is a test that fails in an office without one: refuse at once."""
    allowed = {"localhost", "127.0.0.1", "::1", "0.0.0.0", "::"}
    allowed |= {urlsplit(os.environ.get(name, "")).hostname for name in ("DATABASE_URL", "REDIS_URL")}
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def refuse(address: Any) -> None:
        if (
            isinstance(address, tuple)
            and address[0] not in allowed
            and not str(address[0]).startswith("127.")
        ):
            raise RuntimeError(f"A test reached for the network: {address[0]}")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        refuse(address)
        return connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        refuse(address)
        return connect_ex(self, address)

    socket.socket.connect, socket.socket.connect_ex = guarded_connect, guarded_connect_ex
