"""Shops come in from a workbook and leave by the same columns; what is the owner's never leaves."""

import io
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from campaign.errors import Refused
from grids import frontage
from grids.frontage import register
from grids.models import Merchant
from tests.grids.scene import shop_at
from tests.grids.test_streets_page import client
from tests.workbooks import book

HEADS = ("店名", "地址", "社区", "负责人", "联系电话", "长度(米)")


@pytest.fixture
def sheet(streets: Any) -> Any:
    heads = [str(column.heading) for column in register.columns(streets.huguo, streets.official)]
    wanted = [heads[0], heads[1], heads[2], "负责人", "联系电话", heads[7]]
    return lambda *rows: book(wanted, *rows)


def take(streets: Any, upload: Any, by: Any = None, **given: Any) -> Any:
    return register.take_in(upload, street=streets.huguo, by=by or streets.official, **given)


def test_a_workbook_twice_is_once_and_no_shop_becomes_public_by_it(streets, sheet):
    row = ("米线店", "南强街1号", streets.a.name, "王某某", "120 9999 8888", 6.5)
    assert take(streets, sheet(row)).new == 1
    again = take(streets, sheet(row))
    assert (again.new, again.changed, again.same) == (0, 0, 1)
    shop = Merchant.objects.get()
    assert (shop.road, shop.phone, str(shop.length_m), shop.is_public) == (
        "南强街",
        "12099998888",
        "6.5",
        False,
    )


def test_all_rows_or_none_and_each_wrong_cell_is_named(streets, sheet):
    good = ("米线店", "南强街1号", streets.a.name, "", "", "")
    bad = ("书店", "南强街2号", "没有的社区", "", "123", "很长")
    outcome = take(streets, sheet(good, bad))
    assert len(outcome.problems) == 3 and not Merchant.objects.exists()


def test_an_empty_cell_of_the_owner_leaves_what_is_there(streets, sheet):
    row = ("米线店", "南强街1号", streets.a.name, "王某某", "12099998888", "")
    take(streets, sheet(row))
    take(streets, sheet((*row[:3], "", "", 7)))
    assert Merchant.objects.get().owner == "王某某"


def test_a_community_enters_its_own_shops_alone(streets, sheet):
    foreign = ("书店", "文庙街2号", streets.b.name, "", "", "")
    assert take(streets, sheet(foreign), by=streets.secretary_a).problems
    with pytest.raises(Refused):
        take(streets, sheet(foreign), by=streets.patroller)
    shop = shop_at(streets.huguo, streets.b, "乙店")
    with pytest.raises(Refused):
        frontage.enter(shop, by=streets.secretary_a)


def test_what_leaves_comes_in_again_and_tells_nothing_of_the_owner(scene):
    scene.shop.owner, scene.shop.phone = "王某某", "12099998888"
    scene.shop.save()
    content = client(scene.official).get(reverse("grids:merchant_export")).content
    rows = list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    told = " ".join(str(cell) for row in rows for cell in row)
    assert "甲店" in told and "远方店" not in told and "王某某" not in told and "8888" not in told
    upload = io.BytesIO(content)
    upload.name = "shops.xlsx"
    outcome = register.take_in(upload, street=scene.huguo, by=scene.official)
    assert (outcome.problems, outcome.new) == ([], 0)
    assert client(scene.official).get(reverse("grids:merchant_template")).content.startswith(b"PK")
    assert client(scene.patroller).get(reverse("grids:merchant_import")).status_code == 403
