"""A database with every migration applied, made once for a run and copied for each process of it.

Applying the migrations takes seconds and is the same for all; what they do is tested in tests/house/test_migrations.py.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "campaign", "grids", "volunteers", "config")
TEMPLATE = "portal_migrated"


def copy_for_us(settings: dict[str, Any], cache: Path | None) -> bool:
    """Readies the test database that `settings` (an entry of DATABASES) names; False where Django must make it.

    On SQLite the file is put in place, made in `cache` where it outlives the run; on our own PostgreSQL, Django
    is told which database to copy.
    """
    if settings["ENGINE"].endswith("sqlite3"):
        ours = Path(settings["TEST"]["NAME"])
        ours.parent.mkdir(parents=True, exist_ok=True)
        _file(cache or _folder(), ours)
        return True
    if os.environ.get("PORTAL_TEST_SERVER") == "ours":
        _on_the_server(os.environ["DATABASE_URL"])
        settings["TEST"]["TEMPLATE"] = TEMPLATE
    return False


def _folder() -> Path:
    return Path(os.environ["PORTAL_TEST_FOLDER"])


def _file(where: Path, ours: Path) -> None:
    template = where / f"migrated-{_fingerprint()}.sqlite3"
    with _one_at_a_time(where):
        if not template.exists():
            for old in where.glob("migrated-*"):
                old.unlink()
            half = template.with_name(f"{template.name}.half")
            _migrate(f"sqlite:///{half}")
            half.rename(template)
        shutil.copyfile(template, ours)


def _on_the_server(url: str) -> None:
    import psycopg2

    with _one_at_a_time(_folder()), contextlib.closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE])
        if not cursor.fetchone():
            half = f"{TEMPLATE}_half"
            cursor.execute(f"DROP DATABASE IF EXISTS {half}")
            cursor.execute(f"CREATE DATABASE {half}")
            _migrate(f"{url.rpartition('/')[0]}/{half}")
            cursor.execute(f"ALTER DATABASE {half} RENAME TO {TEMPLATE}")


def _migrate(url: str) -> None:
    variables = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": url}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=variables, check=True)


@contextlib.contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _fingerprint() -> str:
    """Of what decides what the migrations make: they, what they import, the models, and what all stands on."""
    seen = hashlib.sha256(sys.version.encode())
    for path in sorted(
        {ROOT / "constraints.txt", ROOT / "requirements.txt", *_migrations_and_what_they_use()}
    ):
        seen.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return seen.hexdigest()[:16]


def _migrations_and_what_they_use() -> Iterator[Path]:
    for app in APPS:
        yield from (ROOT / app).glob("models/**/*.py")
        for migration in (ROOT / app).glob("migrations/*.py"):
            yield migration
            for module in re.findall(
                r"^\s*(?:from|import) ([\w.]+)", migration.read_text(encoding="utf-8"), re.M
            ):
                if module.startswith(APPS):
                    file = ROOT.joinpath(*module.split("."))
                    yield from file.rglob("*.py") if file.is_dir() else file.parent.glob(f"{file.name}.py")
