"""The tables are what the models say, every step has a name that tells it, and every step can be taken back."""

import re

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, migrations
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

APPS = ("accounts", "campaign", "grids", "volunteers")
AUTOMATIC = re.compile(r"^\d{4}_(auto_|alter_|rename_|remove_|add_\w+_and_more|.*_and_more$)")


def steps() -> list[tuple[str, str]]:
    return sorted(key for key in MigrationLoader(None).disk_migrations if key[0] in APPS)


@pytest.mark.django_db
def test_the_models_need_no_further_step():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.parametrize(("app", "name"), steps())
def test_a_step_has_a_name_that_somebody_gave_it(app, name):
    assert not AUTOMATIC.match(name), "name it: makemigrations -n what_changes"


@pytest.mark.parametrize(("app", "name"), steps())
def test_a_step_can_be_taken_back(app, name):
    step = MigrationLoader(None).disk_migrations[app, name]
    for operation in step.operations:
        if isinstance(operation, migrations.RunPython):
            assert operation.reverse_code is not None, "give it a reverse, noop if nothing is to be undone"
        assert operation.reversible


def test_automatic_names_are_found():
    assert AUTOMATIC.match("0002_auto_20261123_2000")
    assert AUTOMATIC.match("0003_alter_case_state_and_more")
    assert AUTOMATIC.match("0004_case_note_and_more")
    assert not AUTOMATIC.match("0001_initial")
    assert not AUTOMATIC.match("0002_photos_of_patrols")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_all_steps_of_an_app_go_back_and_forth_again():
    """Down to nothing and up again, on the database that the tests run on."""
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        for app in ("volunteers", "grids"):
            MigrationExecutor(connection).migrate([(app, None)])
            assert not [name for name in connection.introspection.table_names() if name.startswith(f"{app}_")]
    finally:
        MigrationExecutor(connection).migrate(latest)
    tables = set(connection.introspection.table_names())
    assert {model._meta.db_table for model in apps.get_models()} <= tables


def test_the_tests_of_steps_see_the_steps():
    assert ("campaign", "0001_initial") in steps()
