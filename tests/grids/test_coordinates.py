"""Positions come in as each map tells them and are kept as WGS-84, with a stated error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.coordinates import ERROR_M, System, from_wgs84, metres_between, to_wgs84

IN_CHINA = st.tuples(st.floats(75, 134), st.floats(18, 53))
EXACT_M = 0.2


@pytest.mark.parametrize(
    ("system", "told"),
    [
        (System.WGS84, ("114.300000", "30.600000")),
        (System.CGCS2000, ("114.300000", "30.600000")),
        (System.GCJ02, ("114.305438", "30.597584")),  # as packages of the trade say
    ],
)
def test_a_known_place(system, told):
    assert tuple(str(part) for part in from_wgs84(114.3, 30.6, system)) == told
    back = to_wgs84(*(float(part) for part in told), system)
    assert metres_between((back.longitude, back.latitude), (114.3, 30.6)) < EXACT_M
    assert back.error_m == ERROR_M[system]


def test_baidu_shifts_what_is_shifted_already():
    x, y = from_wgs84(102.71, 25.04, System.BD09)
    assert 600 < metres_between((x, y), (102.71, 25.04)) < 1500


@given(IN_CHINA, st.sampled_from(list(System)))
def test_there_and_back_is_the_same_place(place, system):
    back = to_wgs84(*from_wgs84(*place, system), system)
    assert metres_between((back.longitude, back.latitude), place) < EXACT_M


@given(st.tuples(st.floats(-180, 70), st.floats(-90, 90)))
def test_outside_nothing_is_shifted_to_gcj02(place):
    assert metres_between(from_wgs84(*place, System.GCJ02), place) < EXACT_M


@pytest.mark.parametrize("place", [(181, 0), (0, 91), (float("nan"), 0), (float("inf"), 0)])
def test_what_is_no_degree_is_refused(place):
    with pytest.raises(ValueError):
        to_wgs84(*place)
    with pytest.raises(ValueError):
        from_wgs84(*place, System.GCJ02)
    with pytest.raises(ValueError):
        to_wgs84(1, 1, "mars")
