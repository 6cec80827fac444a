"""What a point scores by its card."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grids.scores import score


def item(max_score=10, deduct=None, veto=False):
    return SimpleNamespace(max_score=max_score, deduct=deduct, veto=veto)


@pytest.mark.parametrize(
    ("answers", "points", "of"),
    [
        ([], 0, 0),
        ([(item(), "yes", 1), (item(), "no", 1)], 10, 20),
        ([(item(10, 2), "no", 1)], 8, 10),
        ([(item(10, 2), "no", 3)], 4, 10),
        ([(item(10, 2), "no", 9)], 0, 10),
        ([(item(), "yes", 1), (item(), "na", 1), (item(), "", 1)], 10, 10),
    ],
    ids=["nothing", "all or nothing", "one fault", "three faults", "never below nought", "not applicable"],
)
def test_points_are_lost_by_the_rule_of_the_item(answers, points, of):
    told = score(answers)
    assert (told.points, told.of) == (points, of)


def test_a_veto_that_is_not_met_brings_the_point_to_nought():
    told = score([(item(), "yes", 1), (item(0, veto=True), "no", 1)])
    assert (told.points, told.of, told.vetoed) == (0, 10, True)
    assert score([(item(), "yes", 1), (item(veto=True), "na", 1)]).vetoed is False


def test_nothing_that_could_be_scored_has_no_share():
    assert score([(item(), "na", 1)]).percent is None
    assert score([(item(), "yes", 1), (item(), "no", 1)]).percent == 50


@given(
    st.lists(
        st.tuples(
            st.builds(item, st.integers(0, 100), st.none() | st.integers(1, 100), st.booleans()),
            st.sampled_from(["yes", "no", "na", ""]),
            st.integers(1, 100),
        )
    )
)
def test_a_score_lies_between_nought_and_what_could_be_reached(answers):
    told = score(answers)
    assert 0 <= told.points <= told.of
    assert told.vetoed == any(one.veto and value == "no" for one, value, _faults in answers)
    worse = [(one, "no" if value == "yes" else value, faults) for one, value, faults in answers]
    assert score(worse).points <= told.points
