"""At 390 px: a shop is checked in two taps, objects, is heard and seen; a caller is not satisfied and the case
begins anew."""

from types import SimpleNamespace

import pytest
from django.utils import timezone

from grids import cases
from grids.models import CardScheme, Case, FrontageInspection, Merchant, Request
from tests.browser.conftest import PHONE, Browsing, fits
from tests.cast import SINCE
from tests.grids.conftest import streets
from tests.grids.scene import standard_of

__all__ = ["streets"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_shop_is_checked_objects_and_is_seen(streets: SimpleNamespace, browsing: Browsing) -> None:
    CardScheme.objects.create(committee=streets.huguo, since=SINCE)
    standard_of(streets.huguo)
    shop = Merchant.objects.create(
        committee=streets.huguo,
        community=streets.a,
        zone=streets.zone,
        name="米线店",
        address="南强街1号",
        since=SINCE,
    )
    inspector = browsing.signed_in(streets.patroller, size=PHONE)
    browsing.go(inspector, "/frontage/")
    fits(inspector)
    taps = [
        inspector.get_by_role("link", name="米线店").first,
        inspector.get_by_role("link", name="检查").first,
    ]
    for tap in taps:
        if "/check/" not in inspector.url:
            tap.click()
            inspector.wait_for_load_state()
    assert "/check/" in inspector.url  # two taps, or fewer
    groups = inspector.locator("ul.checklist > li")
    for number in range(groups.count()):
        value = "no" if number == 0 else "yes"
        groups.nth(number).locator(f"label[for$='-{value}']").click()
    fits(inspector)
    inspector.locator("main form button[type=submit]").last.click()
    inspector.wait_for_url(f"**/frontage/{shop.plate}/")
    assert FrontageInspection.objects.get().status == "unfulfilled"

    visitor = browsing.page(size=PHONE, scripts=False)
    answer = visitor.goto(f"{browsing.address}/frontage/{shop.plate}/")
    assert answer is not None and answer.status == 404  # nobody has approved that the public sees it

    office = browsing.signed_in(streets.official, size=PHONE)
    browsing.go(office, f"/frontage/{shop.plate}/")
    office.locator("form[action$='/acts/publish/'] button").click()
    office.wait_for_load_state()
    browsing.go(visitor, f"/frontage/{shop.plate}/")
    fits(visitor)
    assert "未落实" in visitor.inner_text("main") and "米线店" in visitor.inner_text("main")


def test_who_is_not_satisfied_has_the_case_begun_anew(streets: SimpleNamespace, browsing: Browsing) -> None:
    case = cases.open(
        committee=streets.huguo, source="resident", reporter_phone="12012345678", now=timezone.now(),
        community=streets.a, category=streets.litter, description="路边有垃圾",
    )  # fmt: skip
    Case.objects.filter(pk=case.pk).update(
        state="closed", closed_at=timezone.now(), closed_on=timezone.localdate(), unit=streets.unit_a
    )
    office = browsing.signed_in(streets.official, size=PHONE)
    browsing.go(office, f"/requests/{case.code}/")
    fits(office)
    assert "12012345678" not in office.content()
    for name, value in (("outcome", "reached"), ("solved", "no"), ("satisfied", "no")):
        office.locator(f"input[name={name}][value={value}]").check(force=True)
    office.locator("section.card form button[type=submit]").first.click()
    office.wait_for_load_state()
    case.refresh_from_db()
    assert (case.state, Request.objects.get().round) == ("filed", 2)
