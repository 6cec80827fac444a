"""bin/serve: the whole portal on one machine: web, worker and beat, started and ended together."""

import argparse
import contextlib
import fcntl
import json
import os
import secrets
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from _ground import ROOT, Trouble, call, environment, run, say
from _supervisor import Child, Supervisor

UP_WITHIN = 90  # seconds after which a silent website is called a failure
ALL_WELL_WITHIN = 45  # seconds that worker and beat are given to report themselves


def main(arguments: list[str]) -> int:
    wish = _read(arguments)
    _refuse_taken_port(wish.host, wish.port)
    python = environment()
    settings = _environment_variables(wish)
    with _only_one_here(Path(settings["VAR_DIR"])):
        _prepare(python, settings, demo=not wish.no_demo)
        supervisor = Supervisor(_children(python, settings, wish))
        try:
            say("Starting the website, the worker and the beat")
            supervisor.start()
            if _wait_until_up(supervisor, wish, settings):
                _tell(python, settings, wish)
            supervisor.stay()
        finally:
            say("Stopping")
            supervisor.stop()
    say("All processes have ended")
    return 0


def _read(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/serve", description="Sets the portal up and runs it.")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")), help="default 8000")
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 opens it to the network")
    parser.add_argument("--no-demo", action="store_true", help="leave an empty database empty")
    wish = parser.parse_args(arguments)
    if not 0 < wish.port < 65536:
        parser.error(f"{wish.port} is not a port; choose one between 1 and 65535")
    return wish


def _refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise Trouble(f"Port {port} needs more rights than you have. Choose one above 1023.") from error
        except socket.gaierror as error:
            raise Trouble(f"{host} is not an address of this machine; try 127.0.0.1 or 0.0.0.0.") from error
        except OSError as error:
            raise Trouble(
                f"Port {port} on {host} cannot be used ({error.strerror}).\n"
                f"Stop what runs there, or choose another: bin/serve --port {port + 1}"
            ) from error


def _environment_variables(wish: argparse.Namespace) -> dict[str, str]:
    """What the children get: the caller's environment, and what one machine needs beside it."""
    variables = dict(os.environ)
    var = Path(variables.setdefault("VAR_DIR", str(ROOT / "var"))).resolve()
    variables["VAR_DIR"] = str(var)
    for folder in (var, var / "log"):
        folder.mkdir(parents=True, exist_ok=True)
    variables["PYTHONUNBUFFERED"] = "1"
    variables["DJANGO_SETTINGS_MODULE"] = "config.settings"
    variables.setdefault("MALLOC_ARENA_MAX", "2")  # keeps threads from each holding memory of their own
    variables.setdefault("CELERY_SKIP_CHECKS", "1")  # spares worker and beat the views
    if not _production(variables):
        variables.setdefault("SECRET_KEY", _own_secret(var))
        variables.setdefault("ALLOWED_HOSTS", ",".join(_names_of_this_machine(wish.host)))
    return variables


def _production(variables: dict[str, str]) -> bool:
    return variables.get("PORTAL_ENV") == "production"


def _own_secret(var: Path) -> str:
    """A secret drawn once for this machine, readable by its owner alone."""
    file = var / "secret-key"
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(secrets.token_urlsafe(50))
    return file.read_text().strip()


def _names_of_this_machine(host: str) -> list[str]:
    names = {"localhost", "127.0.0.1", "[::1]"}
    if host in ("0.0.0.0", "::"):
        name = socket.gethostname()
        names |= {name, socket.getfqdn()}
        with contextlib.suppress(OSError):
            names |= {str(entry[4][0]) for entry in socket.getaddrinfo(name, None, socket.AF_INET)}
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("192.0.2.1", 9))  # sends nothing; tells which address faces the network
            names.add(probe.getsockname()[0])
    else:
        names.add(_bracketed(host))
    return sorted(names)


@contextlib.contextmanager
def _only_one_here(var: Path) -> Iterator[None]:
    with (var / "serve.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Trouble(
                f"The portal is already running from {var}.\n"
                "Stop that one first, or give this one its own folder: VAR_DIR=/some/folder bin/serve"
            ) from error
        yield


def _prepare(python: Path, settings: dict[str, str], *, demo: bool) -> None:
    say("Preparing the database and the static files")
    command = [python, "manage.py", "prepare"]
    if demo and not _production(settings):
        command.append("--demo")
    if call(command, env=settings) != 0:
        raise Trouble("The database could not be prepared; the lines above say why.")
    # The folder broker's list of queues: written anew at every start, unreadable for ever if a crash cut it off.
    for file in (Path(settings["VAR_DIR"]) / "queue-control").glob("*.exchange"):
        file.unlink(missing_ok=True)


def _children(python: Path, settings: dict[str, str], wish: argparse.Namespace) -> list[Child]:
    web_workers = settings.get("WEB_WORKERS", "2")
    concurrency = settings.get("WORKER_CONCURRENCY", "2")
    commands = {
        "web": f"gunicorn config.wsgi --bind {_bracketed(wish.host)}:{wish.port} --no-control-socket "
        f"--worker-class gthread --workers {web_workers} --threads 4 --timeout 60 --graceful-timeout 10 "
        "--max-requests 20000 --max-requests-jitter 2000",
        "worker": f"celery --app config worker --concurrency {concurrency} --max-memory-per-child 150000 "
        "--without-gossip --without-mingle --loglevel WARNING --hostname portal@%h",
        "beat": "celery --app config beat --loglevel WARNING --pidfile=",
    }
    log = Path(settings["VAR_DIR"]) / "log"
    return [
        Child(name, [str(python), "-m", *command.split()], settings, log / f"{name}.log")
        for name, command in commands.items()
    ]


def _wait_until_up(supervisor: Supervisor, wish: argparse.Namespace, settings: dict[str, str]) -> bool:
    """Waits for the website, then a little for worker and beat; False when asked to stop meanwhile."""
    began, up = time.monotonic(), False
    while not supervisor.asked_to_stop:
        supervisor.tend()
        status, state = _health(wish)
        waited = time.monotonic() - began
        if status and not up:
            up = True
            say(f"The website answers after {waited:.0f} s")
        if status == 200:
            say("Database, broker, worker and beat are well")
            return True
        if up and waited > ALL_WELL_WITHIN:
            parts = {name: part for name, part in state.items() if isinstance(part, dict)}
            silent = ", ".join(name for name, part in parts.items() if part["state"] == "down")
            say(f"The website runs, but this does not report itself yet: {silent or 'see /healthz'}")
            return True
        if not up and waited > UP_WITHIN:
            log = Path(settings["VAR_DIR"]) / "log" / "web.log"
            last = log.read_text(errors="replace").splitlines()[-20:]
            raise Trouble("\n".join(last) + f"\n\nThe website does not answer; see {log}")
        time.sleep(0.3)
    return False


def _health(wish: argparse.Namespace) -> tuple[int, dict]:
    """The status of /healthz and what it says; (0, {}) while nothing answers."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(_address(wish) + "healthz", timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            try:
                return error.code, json.load(error)
            except ValueError:
                return error.code, {}
    except (OSError, ValueError):
        return 0, {}


def _address(wish: argparse.Namespace) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(wish.host, wish.host)
    return f"http://{_bracketed(host)}:{wish.port}/"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _tell(python: Path, settings: dict[str, str], wish: argparse.Namespace) -> None:
    print(f"\n    The portal is at  {_address(wish)}")
    print(f"    Logs are in       {settings['VAR_DIR']}/log\n", flush=True)
    if not _production(settings):
        call([python, "manage.py", "demo_accounts"], env=settings)
    print("    Ctrl-C ends everything.\n", flush=True)


if __name__ == "__main__":
    run(main)
