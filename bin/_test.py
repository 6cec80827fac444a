"""bin/test: everything that is tested, in parts; what cannot run here is said by name."""

import argparse
import os
import shutil
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from _ground import PYTHON, ROOT, VENV, call, environment, run, say, start

CANNOT_RUN = 77  # what tests/services.py ends with when a server cannot be had
NOTHING_CHOSEN = 5  # what pytest ends with when no test matches
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MUST_RUN = (
    "SQLite",
    "PostgreSQL",
    "browser",
)  # with CI=true, a part of these that did not run fails the build


@dataclass
class Part:
    """What became of one part of the whole."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    not_run: str = ""
    failures: list[str] = field(default_factory=list)
    skips: list[str] = field(default_factory=list)

    def fail(self, what: str) -> None:
        self.failed += 1
        self.failures.append(what)


def main(arguments: list[str]) -> int:
    wish, chosen = _read(arguments)
    python = environment(dev=True)
    variables = _environment_variables()
    parts = []
    for name, test in _parts(python, chosen, variables).items():
        if not wish.only or name.lower().startswith(tuple(wish.only)):
            parts.append(Part(name))
            say(f"==== {name}")
            began = time.monotonic()
            test(parts[-1])
            parts[-1].seconds = time.monotonic() - began
    return _conclude(parts)


def _read(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        prog="bin/test",
        description="Runs all tests; other arguments go to pytest, such as tests/grids -k deadline.",
    )
    parser.add_argument(
        "--only",
        action="append",
        choices=["lint", "sqlite", "postgres", "browser"],
        help="may be given repeatedly",
    )
    return parser.parse_known_args(arguments)


def _environment_variables() -> dict[str, str]:
    variables = dict(os.environ)
    variables["PATH"] = f"{VENV / 'bin'}{os.pathsep}{variables.get('PATH', '')}"
    variables["PYTHONUNBUFFERED"] = "1"
    for name in ("DJANGO_SETTINGS_MODULE", "PORTAL_ENV", "VAR_DIR", "PYTEST_ADDOPTS"):
        variables.pop(name, None)
    return variables


def _parts(python: Path, chosen: list[str], variables: dict[str, str]) -> dict[str, Callable[[Part], None]]:
    """Each part's name and what it does, in the order in which a mistake is found soonest."""
    # For a few tests, a second process takes longer than it saves. A file stays in one process: what its tests
    # share (a demo year, one row of each model, what an address answered) is made once.
    together = [] if chosen else ["-n", "2", "--dist", "loadfile"]
    alone = "processes or load"

    def suite(on: str) -> Callable[[Part], None]:
        def test(part: Part) -> None:
            _pytest(part, ["--on", on, "-m", f"not browser and not ({alone})", *together, *chosen], variables)
            if not part.not_run:
                _pytest(part, ["--on", on, "-m", f"({alone}) and not browser", *chosen], variables)

        return test

    def browser(part: Part) -> None:
        if program := _browser(python, part):
            _pytest(
                part, ["--on", "postgres", "-m", "browser", *chosen], {**variables, "PORTAL_BROWSER": program}
            )
        if not chosen and not part.not_run and not part.passed + part.failed:
            part.not_run = "there is no browser test"

    return {
        "lint": lambda part: _lint(part, python, variables),
        "SQLite": suite("sqlite"),
        "PostgreSQL": suite("postgres"),
        "browser": browser,
    }


def _lint(part: Part, python: Path, variables: dict[str, str]) -> None:
    checks: dict[str, list[str | Path]] = {
        "ruff check": [python, "-m", "ruff", "check", "."],
        "ruff format": [python, "-m", "ruff", "format", "--check", "."],
        "djlint": [python, "-m", "djlint", "templates", "--lint", "--quiet"],
        "makemigrations --check": [python, "manage.py", "makemigrations", "--check", "--dry-run"],
    }
    with tempfile.TemporaryDirectory(prefix="portal-lint-") as var:
        quiet = {**variables, "VAR_DIR": var}
        quiet.pop("DATABASE_URL", None)
        quiet.pop("REDIS_URL", None)
        for name, command in checks.items():
            process = start(command, env=quiet, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            output = process.communicate()[0]
            if process.returncode == 0:
                part.passed += 1
                print(f"  {name}: good", flush=True)
            else:
                part.fail(name)
                print(f"  {name}: FAILED\n{output}", flush=True)


def _pytest(part: Part, arguments: list[str], variables: dict[str, str]) -> None:
    """Runs pytest once and adds what it reports to the part."""
    with tempfile.TemporaryDirectory(prefix="portal-result-") as folder:
        result, said = Path(folder) / "result.xml", Path(folder) / "why"
        options = ["-q", f"--junitxml={result}", "-o", "junit_family=xunit1"]
        code = call(
            [PYTHON, "-m", "pytest", *options, *arguments], env={**variables, "PORTAL_TEST_WHY": str(said)}
        )
        if code == CANNOT_RUN:
            part.not_run = said.read_text().strip() if said.exists() else "no reason was given"
            return
        failed_before = part.failed
        if result.exists():
            _count(part, result)
        if code not in (0, NOTHING_CHOSEN) and part.failed == failed_before:
            part.fail(f"pytest ended with exit status {code} before it could report (see above)")


def _count(part: Part, result: Path) -> None:
    for case in ElementTree.parse(result).getroot().iter("testcase"):
        name = f"{case.get('file') or case.get('classname')}::{case.get('name')}"
        skip = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            part.fail(name)
        elif skip is not None and skip.get("type") != "pytest.xfail":
            part.skipped += 1
            part.skips.append(f"{name}: {skip.get('message', '')}")
        else:
            part.passed += 1


def _browser(python: Path, part: Part) -> str | None:
    """A Chromium that starts: the machine's own, else playwright's; None with the reason in the part."""
    own = os.environ.get("PORTAL_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if own and _starts(own):
        return own
    say("This machine has no Chromium that starts; trying playwright's")
    fetched = call(
        [python, "-m", "playwright", "install", "chromium-headless-shell"], stdout=subprocess.DEVNULL
    )
    find = "from playwright.sync_api import sync_playwright as p; print(p().start().chromium.executable_path)"
    known = subprocess.run([python, "-c", find], cwd=ROOT, capture_output=True, text=True, timeout=60).stdout
    for program in _near(Path(known.strip() or "/nowhere/a/b/c")):
        if program.is_file() and _starts(str(program)):
            return str(program)
    why = "playwright could not fetch one" if fetched else "playwright's does not start"
    part.not_run = f"no Chromium on this machine, and {why}"
    return None


def _near(known: Path) -> list[Path]:
    """Where playwright may have put it: the whole Chromium, or the shell without a head beside it."""
    return [known, *sorted(known.parents[2].glob("chromium_headless_shell-*/*/*headless*shell"))]


def _starts(program: str) -> bool:
    try:
        looked = [program, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "about:blank"]
        return subprocess.run(looked, capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _conclude(parts: list[Part]) -> int:
    print(f"\n{'part':<12}{'passed':>8}{'failed':>8}{'skipped':>9}{'time':>9}")
    for part in parts:
        print(f"{part.name:<12}{part.passed:>8}{part.failed:>8}{part.skipped:>9}{part.seconds:>7.0f} s")
    for part in parts:
        for name in part.failures:
            print(f"failed:  {part.name}: {name}")
        for name in part.skips:
            print(f"skipped: {part.name}: {name}")
    not_run = [part for part in parts if part.not_run]
    for part in not_run:
        print(f"not run: {part.name} part ({part.not_run})")
    if not_run:
        print(f"{len(not_run)} {'part' if len(not_run) == 1 else 'parts'} not run")
    passed, failed = sum(part.passed for part in parts), sum(part.failed for part in parts)
    print(f"\n{passed} passed, {failed} failed", flush=True)
    strict = os.environ.get("CI", "").lower() in ("true", "1", "yes")
    return 1 if failed or (strict and any(part.name in MUST_RUN for part in not_run)) else 0


if __name__ == "__main__":
    run(main)
