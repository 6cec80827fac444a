"""The ground of every command here: one Python environment, set up once and reused.

Only the standard library may be imported, for this runs before anything is installed.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PR_SET_PDEATHSIG = 1

_started = time.monotonic()


class Trouble(Exception):
    """Something that the person at the keyboard can put right; the message says how."""


def say(text: str) -> None:
    """Prints one line of progress with the seconds since the command was typed."""
    print(f"[{time.monotonic() - _started:4.0f} s] {text}", flush=True)


def start(command: list[Any], **options: Any) -> subprocess.Popen:
    """Starts a program in the portal's folder that ends when we do."""
    return subprocess.Popen(command, cwd=ROOT, preexec_fn=die_with_parent(), **options)


def call(command: list[Any], **options: Any) -> int:
    """Runs a program in the portal's folder to its end and returns its exit status."""
    with start(command, **options) as process:
        try:
            return process.wait()
        except BaseException:
            process.terminate()
            raise


def run(main: Callable[[list[str]], int]) -> None:
    """Runs a command's `main` and ends the process with its answer; trouble is told without a traceback."""
    try:
        sys.exit(main(sys.argv[1:]))
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr, flush=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def die_with_parent(how: int = signal.SIGTERM) -> Callable[[], None] | None:
    """What a child runs before it becomes its program, so that the kernel ends it when we are gone.

    Works on Linux and even when this process is killed outright; elsewhere there is nothing to run.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def tie() -> None:
        prctl(PR_SET_PDEATHSIG, how)
        if os.getppid() != parent:  # the parent went before the knot was tied
            os._exit(1)

    return tie


def environment(*, dev: bool = False) -> Path:
    """Makes the environment or finds it as it should be, and returns its Python.

    Installs only when the requirements changed since the last time. Two commands typed at once take turns.
    """
    with _one_at_a_time():
        if not _works(PYTHON):
            _create()
        _install("requirements-dev.txt" if dev else "requirements.txt")
    return PYTHON


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _works(python: Path) -> bool:
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    return python.exists() and subprocess.run([python, "-c", check], capture_output=True).returncode == 0


def _create() -> None:
    say(f"Making the environment {VENV.name} (Python {'.'.join(map(str, sys.version_info[:3]))})")
    ways = [
        [sys.executable, "-m", "venv", VENV],
        ["uv", "venv", "--quiet", "--python", sys.executable, VENV],
        ["virtualenv", "--quiet", "--python", sys.executable, VENV],
        [sys.executable, "-m", "virtualenv", "--quiet", VENV],
        [sys.executable, "-m", "venv", "--without-pip", VENV],  # for a Python without ensurepip
    ]
    for way in ways:
        shutil.rmtree(VENV, ignore_errors=True)
        with contextlib.suppress(FileNotFoundError):
            if subprocess.run(way, capture_output=True).returncode == 0 and _works(PYTHON) and _installers():
                return
    shutil.rmtree(VENV, ignore_errors=True)
    raise Trouble(
        "This Python can make no environment with pip in it. Install one of these and try again:\n"
        "  python3-venv (Debian, Ubuntu: apt-get install python3-venv), virtualenv, or uv."
    )


def _installers() -> list[list[str]]:
    """The commands that can install into the environment, the quickest first."""
    ways = []
    if uv := shutil.which("uv"):
        ways.append([uv, "pip", "install", "--python", str(PYTHON)])
    if _has_pip(PYTHON):
        ways.append([str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"])
    elif _has_pip(Path(sys.executable)):
        ways.append([sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--no-input"])
    return ways


def _has_pip(python: Path) -> bool:
    return subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode == 0


def _install(requirements: str) -> None:
    want = _fingerprint(requirements)
    if _stamp(requirements).exists() and _stamp(requirements).read_text() == want:
        return
    say(f"Installing what {requirements} names (once; later starts reuse it)")
    installers = _installers()
    if not installers:
        _create()  # an environment is there into which nothing can be installed
        installers = _installers()
    for number, installer in enumerate(installers, start=1):
        code, tail = _watch([*installer, "-r", requirements, "-c", "constraints.txt"])
        if code == 0:
            break
        if number < len(installers):
            say("That installer failed; trying the next one")
    else:
        raise Trouble(
            "\n".join(tail)
            + "\n\nThe packages could not be installed. Is a package index reachable? pip reads its address"
            + "\nfrom pip.conf or PIP_INDEX_URL; offline, PIP_FIND_LINKS may name a folder of wheels."
        )
    for done in {requirements, "requirements.txt"}:  # the development set holds the other
        _stamp(done).write_text(_fingerprint(done))


def _watch(command: list[str]) -> tuple[int, deque[str]]:
    """Runs an installer, shows every few seconds how far it is, and keeps its last lines for a failure."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=die_with_parent(),
    )
    tail: deque[str] = deque(maxlen=15)
    packages, spoke = 0, time.monotonic()
    for line in process.stdout or ():
        tail.append(line.rstrip())
        if line.startswith("Collecting "):
            packages += 1
        if line.startswith("Installing collected"):
            say(f"  {packages} packages fetched, unpacking them")
        elif time.monotonic() - spoke > 4:
            spoke = time.monotonic()
            say(f"  {packages} packages so far")
    return process.wait(), tail


def _stamp(requirements: str) -> Path:
    return VENV / f".installed-{requirements}"


def _fingerprint(requirements: str) -> str:
    files = {requirements, "requirements.txt", "constraints.txt"}
    content = b"\0".join((ROOT / name).read_bytes() for name in sorted(files))
    return hashlib.sha256(content).hexdigest()
