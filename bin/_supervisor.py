"""Keeps a handful of processes alive, and leaves none behind."""

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from _ground import say, start

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds between a death and the next start; doubles in between
STEADY = 60.0  # seconds alive after which a child's earlier deaths are forgotten
PATIENCE = 15.0  # seconds that children are given to finish what they do
LOG_LIMIT = 10 * 1024 * 1024


@dataclass
class Child:
    """One process and all that it starts: they share a process group and end together."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen | None = None
    started_at: float = 0.0
    due_at: float = 0.0
    pause: float = field(default=FIRST_PAUSE)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as out:
            self.process = start(
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.started_at = time.monotonic()

    def ask_to_end(self) -> None:
        """Asks the child alone: it tells its own workers, so that a running task or request is finished."""
        if self.alive:
            self.process.terminate()

    def kill(self) -> None:
        """Ends the child and everything it started, even when the child itself is gone."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def schedule_again(self) -> None:
        """Clears what the dead child left (it may hold the port) and says when the next one starts."""
        self.kill()
        lived = time.monotonic() - self.started_at
        self.pause = FIRST_PAUSE if lived > STEADY else min(self.pause * 2, LONGEST_PAUSE)
        self.due_at = time.monotonic() + self.pause
        self.process = None


class Supervisor:
    """Starts children, restarts the dead with a growing pause, ends all on Ctrl-C or SIGTERM."""

    def __init__(self, children: list[Child]) -> None:
        self.children = children
        self.asked_to_stop = False
        for number in (signal.SIGINT, signal.SIGTERM):  # also where a shell's "&" had them ignored
            signal.signal(number, self._ask_to_stop)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup asked to outlive the terminal
            signal.signal(signal.SIGHUP, self._ask_to_stop)

    def _ask_to_stop(self, *_: Any) -> None:
        self.asked_to_stop = True

    def start(self) -> None:
        for child in self.children:
            child.start()

    def tend(self) -> None:
        """Looks once after every child."""
        for child in self.children:
            if child.alive:
                continue
            if child.process is not None:
                ending = _word_for(child.process.returncode)
                child.schedule_again()
                say(f"{child.name} ended ({ending}), see {child.log}; starting it again in {child.pause:g} s")
            elif time.monotonic() >= child.due_at:
                child.start()

    def stay(self) -> None:
        """Tends the children until someone asks to stop."""
        while not self.asked_to_stop:
            self.tend()
            time.sleep(0.25)

    def stop(self) -> None:
        """Asks all to end, waits, and ends by force what is still there."""
        for child in self.children:
            child.ask_to_end()
        deadline = time.monotonic() + PATIENCE
        while any(child.alive for child in self.children) and time.monotonic() < deadline:
            time.sleep(0.1)
        for child in self.children:
            child.kill()
            if child.process is not None:
                child.process.wait()


def _word_for(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit status {code}"
