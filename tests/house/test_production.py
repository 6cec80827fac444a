"""Production starts only with what production needs, and says so in a sentence."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FULL = {
    "PORTAL_ENV": "production",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "portal.example",
    "DATABASE_URL": "postgres://portal:secret@127.0.0.1/portal",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "SMS_GATEWAY": "tests.house.gateways.send",
    "DEMO_PASSWORD": "huguo-2020",
}


def manage(folder: Path, *command: str, **variables: str | None) -> subprocess.CompletedProcess:
    """Runs manage.py in an environment that holds nothing but what is given."""
    given = {name: value for name, value in {**FULL, **variables}.items() if value is not None}
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(folder), "PYTHONPATH": str(ROOT), **given},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_check_deploy_has_nothing_to_say(tmp_path):
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout, done.stderr + done.stdout


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY must be set in production"),
        ({"SECRET_KEY": "short"}, "security.W009"),
        ({"SMS_GATEWAY": None}, "campaign.W001"),
        ({"SMS_GATEWAY": "nothing.there"}, "campaign.E004"),
        ({"REDIS_URL": None}, "campaign.W002"),
        ({"DATABASE_URL": None}, "campaign.W003"),
        ({"ALLOWED_HOSTS": None}, "security.W020"),
        ({"DEBUG": "1"}, "security.W018"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_what_is_missing_is_named(tmp_path, variables, said):
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **variables)
    assert done.returncode != 0
    assert said in done.stderr + done.stdout


def test_the_demo_password_opens_nothing_in_production(tmp_path):
    done = manage(
        tmp_path, "shell", "-c", "from django.conf import settings; print([settings.DEMO_PASSWORD])"
    )
    assert "['']" in done.stdout, done.stderr


def test_the_demo_is_not_loaded_in_production(tmp_path):
    done = manage(tmp_path, "load_huguo", "--help", DATABASE_URL=f"sqlite:///{tmp_path}/db.sqlite3")
    if "Unknown command" in done.stderr:
        pytest.skip("there is no load_huguo yet")
    done = manage(tmp_path, "demo_accounts", DATABASE_URL=f"sqlite:///{tmp_path}/db.sqlite3")
    assert done.returncode != 0
    assert "no demo accounts in production" in done.stderr
