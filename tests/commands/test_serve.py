"""bin/serve keeps web, worker and beat alive, and takes all of them with it when it goes."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest

from tests.processes import ROOT, until
from tests.servers import free_port

pytestmark = [
    pytest.mark.processes,
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc"),
]


@dataclass
class Portal:
    process: subprocess.Popen
    port: int
    output: Path

    def health(self) -> tuple[int, dict]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)
        except OSError:
            return 0, {}

    def children(self) -> dict[str, int]:
        """The process ids of web, worker and beat."""
        names = {"gunicorn": "web", " worker ": "worker", " beat ": "beat"}
        found = {}
        for pid in child_ids(self.process.pid):
            command = command_of(pid)
            found |= {name: pid for sign, name in names.items() if sign in command}
        return found

    def descendants(self) -> set[int]:
        found, look_at = set(), [self.process.pid]
        while look_at:
            children = child_ids(look_at.pop())
            found |= set(children)
            look_at += children
        return found

    def well(self) -> bool:
        return self.health()[0] == 200


def child_ids(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def command_of(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


def alive(pids: set[int]) -> set[int]:
    return {pid for pid in pids if command_of(pid)}  # a zombie has no command line


def name_of_database(folder: Path) -> str:
    return f"serve_{os.getpid()}_{folder.name.replace('-', '_')}"


def own_database(server: str, name: str) -> str:
    """A database of this name on the server of the PostgreSQL part; made empty when it is not there."""
    with contextlib.closing(psycopg2.connect(server)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not cursor.fetchone():
            cursor.execute(f'CREATE DATABASE "{name}"')
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


@contextlib.contextmanager
def serve(folder: Path, port: int | None = None) -> Iterator[Portal]:
    port = port or free_port()
    variables = {**os.environ, "VAR_DIR": str(folder / "var"), "PYTHONUNBUFFERED": "1"}
    for name in ("DJANGO_SETTINGS_MODULE", "MEDIA_ROOT", "QUEUE_NAME"):
        variables.pop(name, None)
    if server := os.environ.get("DATABASE_URL"):
        variables["DATABASE_URL"] = own_database(server, name_of_database(folder))
        variables["QUEUE_NAME"] = f"serve-{port}"
    output = folder / "output.txt"
    command = [ROOT / "bin" / "serve", "--port", str(port), "--no-demo"]
    with output.open("ab") as out:
        process = subprocess.Popen(
            command, cwd="/", env=variables, stdout=out, stderr=out, start_new_session=True
        )
    portal = Portal(process, port, output)
    try:
        yield portal
    finally:
        everyone = portal.descendants()
        if process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=30)
            process.kill()
            process.wait()
        for pid in alive(everyone):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("serve")
    with serve(folder) as portal:
        until(portal.well, within=120, otherwise=portal.output.read_text)
        yield portal
    if server := os.environ.get("DATABASE_URL"):
        with contextlib.closing(psycopg2.connect(server)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute(f'DROP DATABASE IF EXISTS "{name_of_database(folder)}" WITH (FORCE)')


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_a_child_that_is_killed_is_started_again(portal, name):
    until(portal.well, within=60)
    before, killed_at = portal.children()[name], time.monotonic()
    os.kill(before, signal.SIGKILL)
    after = until(
        lambda: portal.children().get(name) not in (None, before) and portal.children()[name], within=30
    )
    assert after != before
    until(portal.well, within=60)
    if name != "web":  # the new one was heard, not the old one remembered
        until(lambda: portal.health()[1][name]["age"] < time.monotonic() - killed_at, within=60)


def test_all_processes_together_stay_below_800_mib(portal):
    until(portal.well, within=60)
    assert sum(resident_mib(pid) for pid in portal.descendants() | {portal.process.pid}) < 800


def test_a_second_one_on_the_same_folder_is_refused_with_a_reason(portal):
    variables = {**os.environ, "VAR_DIR": str(portal.output.parent / "var")}
    command = [ROOT / "bin" / "serve", "--port", str(free_port()), "--no-demo"]
    second = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60)
    assert second.returncode == 1
    assert "already running" in second.stderr


def test_a_port_in_use_is_said_and_another_one_offered(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [ROOT / "bin" / "serve", "--port", str(port), "--no-demo"]
        refused = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert refused.returncode == 1
    assert f"Port {port}" in refused.stderr
    assert f"--port {port + 1}" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_behind_however_it_ends(portal, how, tmp_path_factory):
    """The module's portal is reused until it is ended; each way of ending gets a fresh start on its folder."""
    folder = portal.output.parent
    if portal.process.poll() is None:
        portal.process.terminate()
        portal.process.wait(timeout=30)
    with serve(folder) as again:
        until(again.well, within=60, otherwise=again.output.read_text)
        # web and its two, celery and its two, beat: what the database remembers may be older than they are
        everyone = until(lambda: len(again.descendants()) >= 7 and again.descendants(), within=60)
        os.kill(again.process.pid, how)
        again.process.wait(timeout=30)
        until(
            lambda: not alive(everyone),
            within=30,
            otherwise=lambda: str([command_of(p) for p in alive(everyone)]),
        )


def resident_mib(pid: int) -> float:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0
