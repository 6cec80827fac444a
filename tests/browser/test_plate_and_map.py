"""A neighbour scans a plate and reports; the zone leader finds the place on the map, or in the list without a script."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from grids.models import Case, Point
from tests.browser.conftest import PHONE, Browsing, fits
from tests.grids.conftest import streets

__all__ = ["streets"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_the_plate_to_the_map(streets: SimpleNamespace, browsing: Browsing) -> None:
    point = streets.point
    Point.objects.filter(pk=point.pk).update(longitude=Decimal("102.71"), latitude=Decimal("25.04"))
    neighbour = browsing.page(size=PHONE, scripts=False)
    browsing.go(neighbour, f"/points/{point.plate}/")
    fits(neighbour)
    assert streets.clean.text in neighbour.content()
    neighbour.get_by_role("link", name="反映此处的问题").click()
    neighbour.select_option("[name=category]", str(streets.litter.pk))
    neighbour.fill("[name=description]", "墙角有垃圾")
    neighbour.locator("main form button[type=submit]").last.click()
    neighbour.wait_for_load_state()
    case = Case.objects.get()
    assert (case.point, case.longitude) == (point, Decimal("102.710000"))

    leader = browsing.signed_in(streets.zone_leader, size=PHONE)
    browsing.go(leader, "/map/")
    leader.locator(".leaflet-marker-icon.map-sign--wait").wait_for()
    fits(leader)
    marker = leader.locator(".leaflet-marker-icon.map-sign--late")
    assert marker.get_attribute("title") == point.name
    marker.focus()
    leader.keyboard.press("Enter")
    leader.locator(".leaflet-popup-content a").click()
    leader.wait_for_url(f"**/points/{point.plate}/")

    plain = browsing.signed_in(streets.zone_leader, size=PHONE, scripts=False)
    browsing.go(plain, "/map/?layer=cases")
    assert case.code in plain.locator("table").inner_text()
    assert not plain.locator("#map").is_visible()
