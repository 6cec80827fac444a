"""Real processes for tests: others that write at the same time, and a worker that obeys a real broker."""

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from django.conf import settings
from django.db import connection, connections

from tests.servers import ends_with_us

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Outcome:
    """What one of several processes came back with: a value, or the exception and where it was raised."""

    value: Any = None
    error: Exception | None = None
    trace: str = ""


def together(number: int, what: Callable[[int], Any], *, within: float = 120.0) -> list[Outcome]:
    """Calls `what(0)` … `what(number - 1)`, each in a process of its own, all let go at the same moment.

    Needs `transactional_db`: what a test has not committed, no other process sees. Values and exceptions must
    be picklable. A process that was killed or did not end within the time comes back as an Outcome with an error.
    """
    connections.close_all()  # a connection that two processes share breaks for both
    fork = multiprocessing.get_context("fork")
    gate = fork.Barrier(number)
    runs = []
    for index in range(number):
        ours, theirs = fork.Pipe(duplex=False)
        process = fork.Process(target=_run, args=(what, index, gate, theirs), daemon=True)
        process.start()
        theirs.close()
        runs.append((process, ours))
    deadline = time.monotonic() + within
    outcomes = []
    for process, ours in runs:
        outcomes.append(_receive(process, ours, deadline))
        process.join(timeout=1)
        if process.is_alive():
            process.kill()
            process.join()
    return outcomes


def _run(what: Callable[[int], Any], index: int, gate: Any, answer: Any) -> None:
    try:
        gate.wait(timeout=60)
        outcome = Outcome(value=what(index))
    except Exception as error:
        outcome = Outcome(error=error, trace=traceback.format_exc())
    finally:
        connections.close_all()
    try:
        answer.send(outcome)
    except Exception:  # it cannot be pickled: send what can
        answer.send(Outcome(error=RuntimeError(repr(outcome.error or outcome.value)), trace=outcome.trace))
    answer.close()
    os._exit(0)  # no atexit handlers: they belong to the test run


def _receive(process: Any, ours: Any, deadline: float) -> Outcome:
    try:
        if ours.poll(max(0.0, deadline - time.monotonic())):
            return ours.recv()
    except EOFError:
        process.join(timeout=5)
        return Outcome(error=RuntimeError(f"The process ended with {process.exitcode} before it answered"))
    return Outcome(error=TimeoutError("The process did not end in time"))


def environment(**more: str) -> dict[str, str]:
    """The variables with which a program that a test starts finds the test's own database and broker."""
    variables = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": _database_url()}
    variables.pop("COV_CORE_SOURCE", None)
    return {**variables, **more}


def _database_url() -> str:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path="/" + quote(name, safe="")))


@contextlib.contextmanager
def program(*command: str, log: Path, **variables: str) -> Iterator[subprocess.Popen]:
    """Runs a Python module as a program beside the test and ends it, with all it started."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=environment(**variables),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=ends_with_us(),
        )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextlib.contextmanager
def worker(log: Path) -> Iterator[subprocess.Popen]:
    """A real Celery worker on the test's database and broker, ready to work when the block begins."""
    options = ["--pool", "solo", "--loglevel", "INFO", "--without-gossip", "--without-mingle", "--queues"]
    command = ["celery", "--app", "config", "worker", *options, settings.CELERY_TASK_DEFAULT_QUEUE]
    with program(*command, log=log) as process:
        until(
            lambda: " ready." in log.read_text(errors="replace"),
            within=60,
            otherwise=lambda: log.read_text()[-3000:],
        )
        yield process


def until(true: Callable[[], Any], *, within: float, otherwise: Callable[[], str] = lambda: "") -> Any:
    """Waits until `true()` is so and returns its value; fails the test after `within` seconds."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if value := true():
            return value
        time.sleep(0.1)
    raise AssertionError(f"Not so after {within} s. {otherwise()}")
