from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from tests import factories
from tests.cast import assemble, cast

__all__ = ["cast"]


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: Any) -> Iterator[SimpleNamespace]:
    """One row of every scoped model in each of two streets, made once for all tests of a file."""
    with django_db_blocker.unblock(), transaction.atomic():
        cast_ = assemble()
        here, far = factories.place_a(cast_), factories.place_far(cast_)
        yield SimpleNamespace(cast=cast_, here=factories.make_all(here), far=factories.make_all(far))
        transaction.set_rollback(True)


@pytest.fixture
def two_streets(standing: SimpleNamespace, db: None) -> SimpleNamespace:
    """The rows of `standing`; what a test does to them is undone after it."""
    for user in vars(standing.cast).values():
        if isinstance(user, User):
            vars(user).pop("_reach", None)
    return standing
