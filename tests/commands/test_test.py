"""bin/test counts honestly: what failed fails it, and what did not run is said by name."""

import importlib
import sys

import pytest

from tests.processes import ROOT


@pytest.fixture
def command(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "bin"))
    monkeypatch.delenv("CI", raising=False)
    for name in ("_test", "_ground"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return importlib.import_module("_test")


def test_the_last_line_sums_all_parts(command, capsys):
    parts = [command.Part("SQLite", passed=7, skipped=1), command.Part("PostgreSQL", passed=8)]
    assert command._conclude(parts) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "15 passed, 0 failed"


def test_one_failure_fails_the_whole_and_is_named(command, capsys):
    bad = command.Part("PostgreSQL", passed=8)
    bad.fail("tests/grids/test_cases.py::test_a_deadline")
    assert command._conclude([command.Part("SQLite", passed=7), bad]) == 1
    said = capsys.readouterr().out
    assert "failed:  PostgreSQL: tests/grids/test_cases.py::test_a_deadline" in said
    assert said.splitlines()[-1] == "15 passed, 1 failed"


@pytest.mark.parametrize("name", ["SQLite", "PostgreSQL", "browser"])
def test_a_part_that_could_not_run_is_named_and_fails_the_build_machine_alone(
    command, capsys, monkeypatch, name
):
    parts = [command.Part(name, not_run="no server here"), command.Part("lint", passed=4)]
    assert command._conclude(parts) == 0
    assert f"not run: {name} part (no server here)" in capsys.readouterr().out
    monkeypatch.setenv("CI", "true")
    assert command._conclude(parts) == 1


def test_a_skipped_test_is_counted_and_named_with_its_reason(command, tmp_path):
    result = tmp_path / "result.xml"
    result.write_text(
        """<testsuites><testsuite>
        <testcase file="tests/a.py" name="good"/>
        <testcase file="tests/a.py" name="bad"><failure message="no"/></testcase>
        <testcase file="tests/a.py" name="broken"><error message="no"/></testcase>
        <testcase file="tests/a.py" name="left"><skipped type="pytest.skip" message="no font"/></testcase>
        </testsuite></testsuites>"""
    )
    part = command.Part("SQLite")
    command._count(part, result)
    assert (part.passed, part.failed, part.skipped) == (1, 2, 1)
    assert part.skips == ["tests/a.py::left: no font"]


@pytest.mark.parametrize(("status", "failed", "not_run"), [(0, 0, ""), (5, 0, ""), (3, 1, ""), (-9, 1, "")])
def test_a_pytest_that_dies_before_it_reports_is_a_failure(command, monkeypatch, status, failed, not_run):
    monkeypatch.setattr(command, "call", lambda *args, **kwargs: status)
    part = command.Part("SQLite")
    command._pytest(part, [], {})
    assert (part.failed, part.not_run) == (failed, not_run)


def test_a_server_that_cannot_be_had_is_the_reason_of_the_part(command, monkeypatch):
    monkeypatch.setattr(command, "call", lambda *args, **kwargs: command.CANNOT_RUN)
    part = command.Part("PostgreSQL")
    command._pytest(part, [], {})
    assert part.not_run
    assert part.failed == 0
