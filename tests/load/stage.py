"""The stage for a run: durable PostgreSQL, Redis, gunicorn as in production, all given up at the end."""

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests import servers
from tests.load.clients import Knock, Line

ROOT = Path(__file__).resolve().parent.parent.parent
GUNICORN = [
    "--no-control-socket",
    "--worker-class",
    "gthread",
    "--workers",
    "2",
    "--threads",
    "4",
    "--timeout",
    "60",
    "--max-requests",
    "20000",
    "--max-requests-jitter",
    "2000",
]  # what bin/serve starts


class Stage:
    """Where the servers are. Made by `set_up`."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self.database = database
        self.pgbench = servers.pgbench(folder)
        self._open = contextlib.ExitStack()
        self._ports: dict[str, int] = {}

    def web(self, application: str = "config.wsgi") -> int:
        """The port of a gunicorn that serves `application`, started at the first question."""
        if application not in self._ports:
            port = servers.free_port()
            command = ["gunicorn", application, "--bind", f"127.0.0.1:{port}", *GUNICORN]
            self._open.enter_context(self.program(*command))
            _wait(port, self.log(*command))
            self._ports[application] = port
        return self._ports[application]

    @contextlib.contextmanager
    def program(self, *command: str, **variables: str) -> Iterator[subprocess.Popen]:
        """Runs a Python module as a program with the stage's environment and ends it by its own signal."""
        with self.log(*command).open("ab") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env={**os.environ, **variables},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                preexec_fn=servers.ends_with_us(),
            )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def log(self, *command: str) -> Path:
        """Where a program writes what it has to say."""
        return self.folder / f"{command[0]}-{command[1].replace('/', '-')}.log"

    def last_words(self) -> str:
        """The last lines that each program wrote, for a result that was wrong."""
        logs = (
            (log.name, log.read_text(errors="replace").splitlines()[-25:])
            for log in self.folder.glob("*.log")
        )
        return "\n".join("\n".join([f"--- {name}", *lines]) for name, lines in logs if lines)

    def end_web(self) -> None:
        """Ends every gunicorn; the next question starts one anew."""
        self._open.close()
        self._ports.clear()


@contextlib.contextmanager
def set_up() -> Iterator[Stage]:
    """Starts the servers, makes the environment of production, and wakes Django in this process."""
    folder = Path(tempfile.mkdtemp(prefix="portal-bench-", dir=os.environ.get("TMPDIR", "/tmp")))
    folder.chmod(0o755)
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        database = stack.enter_context(servers.postgresql(folder, durable=True))
        os.environ.update(
            DATABASE_URL=database,
            REDIS_URL=stack.enter_context(servers.redis(folder)),
            VAR_DIR=str(folder / "var"),
            DJANGO_SETTINGS_MODULE="config.settings",
            PORTAL_ENV="production",
            SECRET_KEY=secrets.token_urlsafe(50),
            ALLOWED_HOSTS="127.0.0.1",
            TRUSTED_PROXY_COUNT="1",  # the clients come as through a proxy that ends TLS
            LOG_LEVEL="WARNING",
        )
        import django

        django.setup()
        from django.core.management import call_command

        call_command("prepare", verbosity=0)
        stage = Stage(folder, database)
        stack.callback(stage.end_web)
        yield stage


def _wait(port: int, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            line = Line(port)
            line.ask(Knock("/healthz").to_bytes(port))
            line.close()
            return
        time.sleep(0.1)
    raise RuntimeError(f"gunicorn does not answer: {log.read_text(errors='replace')[-2000:]}")
