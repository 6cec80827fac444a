"""Two people merge at one moment, each the one case into the other: one of them is told that it has moved on."""

import pytest

from campaign.errors import Refused
from grids import cases
from grids.cases import moving
from grids.models import Case
from grids.workflow import State
from tests.grids.scene import case_at
from tests.processes import Outcome, together

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
ROUNDS = 6


@pytest.fixture
def pairs(streets):
    def one() -> Case:
        return case_at(streets.huguo, streets.a, streets.litter)

    return [(one(), one()) for _round in range(ROUNDS)]


def rush(streets, pairs) -> list[Outcome]:
    """What came of two processes that merge the same pairs, each the other way round."""

    def merge(index: int) -> int:
        done = 0
        for pair in pairs:
            one, other = (Case.objects.get(pk=row.pk) for row in (pair if index else pair[::-1]))
            try:
                cases.move(one, "merge", by=streets.official, merged_into=other)
                done += 1
            except Refused:
                pass
        return done

    return together(2, merge)


def circles(pairs) -> int:
    """Pairs of which each is a duplicate of the other: cases that nobody looks after any more."""
    keys = [[row.pk for row in pair] for pair in pairs]
    return sum(Case.objects.filter(pk__in=pair, state=State.DUPLICATE).count() == 2 for pair in keys)


def test_of_two_that_merge_into_each_other_one_is_refused(streets, pairs):
    outcomes = rush(streets, pairs)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert sum(outcome.value for outcome in outcomes) == ROUNDS
    assert circles(pairs) == 0


def test_control_without_the_lock_both_are_lost(streets, pairs, monkeypatch):
    """The two look before either writes: what `_locked` makes impossible."""
    import time

    def looked_at(case: Case, other: Case | None) -> Case:
        found = Case.objects.select_related("category", "zone", "committee").get(pk=case.pk)
        if other:
            other.refresh_from_db()
        time.sleep(0.2)
        return found

    monkeypatch.setattr(moving, "_locked", looked_at)
    monkeypatch.setattr(moving.photos, "together", _nothing)
    outcomes = rush(streets, pairs)
    # PostgreSQL may see that the two wait for each other, and end one of them: that is no answer either.
    assert circles(pairs) > 0 or any(outcome.error for outcome in outcomes)


def _nothing():
    import contextlib

    return contextlib.nullcontext()
