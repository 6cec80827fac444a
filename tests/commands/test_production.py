"""Production refuses every convenience of the demo, and Django's own check finds nothing to say."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import ROOT

pytestmark = pytest.mark.slow

COMPLETE = {
    "PORTAL_ENV": "production",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_!",
    "ALLOWED_HOSTS": "portal.example.gov.cn",
    "DATABASE_URL": "postgres://portal:secret@127.0.0.1:1/portal",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SMS_GATEWAY": "campaign.heartbeats.say",
}


def manage(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    taken_over = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={**taken_over, "VAR_DIR": str(folder), **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_deployment_check_is_clean(tmp_path):
    checked = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **COMPLETE)
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


def test_the_deployment_check_is_seen_to_fail(tmp_path):
    checked = manage(
        tmp_path, "check", "--deploy", "--fail-level", "WARNING", **COMPLETE, SECURE_COOKIES="false"
    )
    assert checked.returncode == 1
    assert "security.W0" in checked.stderr


def test_a_secret_must_be_given(tmp_path):
    refused = manage(tmp_path, "check", **{**COMPLETE, "SECRET_KEY": ""})
    assert refused.returncode != 0
    assert "SECRET_KEY must be set" in refused.stderr


@pytest.mark.parametrize("command", [["demo_accounts"], ["load_huguo"]])
def test_there_is_no_demo(tmp_path, command):
    refused = manage(tmp_path, *command, **COMPLETE)
    assert refused.returncode == 1
    assert "production" in refused.stderr
    assert "huguo-2020" not in refused.stdout + refused.stderr
