from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from accounts.models import User
from tests import factories
from tests.cast import assemble, cast
from tests.house.urls import people

__all__ = ["cast"]


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: Any) -> Iterator[SimpleNamespace]:
    """One row of every scoped model in each of two streets, made once for all tests of a file."""
    with django_db_blocker.unblock(), transaction.atomic():
        cast_ = assemble()
        here, far = factories.place_a(cast_), factories.place_far(cast_)
        yield SimpleNamespace(
            cast=cast_,
            here=factories.make_all(here),
            far=factories.make_all(far),
            sessions={user.pk: _session(user) for user in users(cast_)},
        )
        transaction.set_rollback(True)


def _session(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def users(cast_: SimpleNamespace) -> list[User]:
    return [one for one in vars(cast_).values() if isinstance(one, User)]


@pytest.fixture
def two_streets(standing: SimpleNamespace, db: None) -> SimpleNamespace:
    """The rows of `standing`; what a test does to them is undone after it."""
    for user in users(standing.cast):
        vars(user).pop("_reach", None)
    return standing


@pytest.fixture(scope="module")
def peopled(standing: SimpleNamespace, django_db_blocker: Any) -> SimpleNamespace:
    """`standing` with each role responsible for something."""
    with django_db_blocker.unblock():
        return people(standing)


@pytest.fixture
def two_peopled_streets(peopled: SimpleNamespace, two_streets: SimpleNamespace) -> SimpleNamespace:
    """The rows of `peopled`; what a test does to them is undone after it."""
    return peopled
