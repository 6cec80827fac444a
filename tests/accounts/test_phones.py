"""A mobile number is read as people write it, and shown so that nobody else can call it."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts import phones


@pytest.mark.parametrize(
    "typed",
    [
        "13800001234",
        " 138 0000 1234 ",
        "138-0000-1234",
        "+86 138 0000 1234",
        "0086-13800001234",
        "8613800001234",
        "１３８００００１２３４",
        "(138)00001234",
        "（138）0000－1234",
        "\u202a13800001234\u202c",
    ],
)
def test_a_number_is_understood_however_it_is_typed(typed):
    assert phones.normalise(typed) == "13800001234"
    phones.check(phones.normalise(typed))


@pytest.mark.parametrize(
    "typed", ["", "1380000123", "138000012345", "03800001234", "10800001234", "11012345678", "abc", "１３８"]
)
def test_what_is_no_mainland_mobile_number_is_refused(typed):
    with pytest.raises(ValidationError):
        phones.check(phones.normalise(typed))


@given(st.text())
def test_no_text_breaks_the_reader(typed):
    read = phones.normalise(typed)
    assert phones.normalise(read) == read or not phones.MOBILE.fullmatch(read)


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_masked_number_hides_its_middle(number):
    shown = phones.mask(number)
    assert number not in shown
    assert shown == f"{number[:3]}****{number[-4:]}"


@pytest.mark.parametrize(("phone", "shown"), [(None, ""), ("", ""), ("12345", "****")])
def test_what_is_no_number_is_not_shown_either(phone, shown):
    assert phones.mask(phone) == shown


def test_demo_numbers_belong_to_nobody():
    assert phones.is_demo("12000000001")
    assert not phones.is_demo("13800000001")
