"""The patroller's day on a phone at 390 px: the network is cut, the round goes on; afterwards each thing is there once."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from grids.models import Answer, Case, Patrol, PointCheck
from tests.browser.conftest import PHONE, Browsing, fits
from tests.browser.test_patrol_to_report import picture, walk
from tests.grids.conftest import streets

__all__ = ["streets", "walk"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PANEL = "[data-drafts]"


def opened(browsing: Browsing, person: Any, patrol: Patrol) -> Any:
    """The patrol's page, with the forms of its points fetched."""
    page = browsing.signed_in(person, size=PHONE)
    browsing.go(page, f"/today/patrols/{patrol.pk}/")
    page.wait_for_load_state("networkidle")
    return page


def say_no(page: Any, patrol: Patrol, point: Any, item: Any) -> int:
    """From the patrol's page to the saved "no"; returns the taps that it took."""
    page.click(f"a[href='/today/patrols/{patrol.pk}/points/{point.pk}/']")
    page.click(f"label[for='item{item.pk}-value-no']")
    page.click("main form[data-draft] .btn--main")
    return 3


def test_a_no_in_a_dead_spot_is_one_case_with_its_true_time(
    streets: SimpleNamespace, walk: Patrol, browsing: Browsing
) -> None:
    lane, street = streets.points
    page = browsing.signed_in(streets.patroller, size=PHONE)
    browsing.go(page, "/today/")
    page.click(f"a[href='/today/patrols/{walk.pk}/']")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    assert 1 + say_no(page, walk, lane, streets.clean) <= 4
    page.wait_for_selector(f"{PANEL} li")
    fits(page)
    assert lane.name in page.inner_text(PANEL)
    assert not Answer.objects.exists()

    # Another point, still without a network; then it is cut for good while the first is under way.
    page.click(f"a[href='/today/patrols/{walk.pk}/points/{street.pk}/']")
    page.click(f"label[for='item{streets.clean.pk}-value-no']")
    page.set_input_files(f"[name='item{streets.clean.pk}-photo']", picture("brown"))
    page.check(f"[name='item{streets.clean.pk}-fixed_on_spot']")
    page.set_input_files(f"[name='item{streets.clean.pk}-after_photo']", picture("green"))
    page.click("main form[data-draft] .btn--main")
    page.wait_for_selector(f"{PANEL} li:nth-child(2)")
    noted = timezone.now()

    # The clock of the phone goes on while it waits; the network comes back.
    page.wait_for_timeout(1500)
    page.context.set_offline(False)
    page.wait_for_selector(PANEL, state="hidden")
    case = Case.objects.get()
    found, fixed = Answer.objects.get(point=lane), Answer.objects.get(point=street)
    assert (found.case, fixed.case, fixed.fixed_on_spot) == (case, None, True)
    assert sorted(fixed.photos.values_list("stage", flat=True)) == ["after", "before"]
    assert found.answered_at <= fixed.answered_at <= noted + timedelta(seconds=1)
    received = PointCheck.objects.order_by("received_at").first().received_at
    assert received - found.answered_at > timedelta(seconds=1.4)
    assert PointCheck.objects.count() == 2 and Answer.objects.count() == 2


def test_an_answer_whose_receipt_was_lost_is_sent_again_and_stays_one(
    streets: SimpleNamespace, walk: Patrol, browsing: Browsing
) -> None:
    page = opened(browsing, streets.patroller, walk)
    address = f"**/today/patrols/{walk.pk}/points/{streets.point.pk}/"

    def lose(route: Any) -> None:
        if route.request.method == "POST":
            route.fetch()  # the street has it
            route.abort()  # the phone never hears
        else:
            route.continue_()

    page.route(address, lose)
    say_no(page, walk, streets.point, streets.clean)
    page.wait_for_selector(f"{PANEL} li")
    first = Answer.objects.get()
    page.unroute(address)
    page.click("[data-send]")
    page.wait_for_selector(PANEL, state="hidden")
    again = Answer.objects.get()
    assert (again.pk, again.answered_at, again.case) == (first.pk, first.answered_at, first.case)
    assert Case.objects.count() == PointCheck.objects.count() == 1


def test_a_phone_that_two_share_keeps_their_drafts_apart_and_a_refused_one_is_corrected(
    streets: SimpleNamespace, walk: Patrol, browsing: Browsing
) -> None:
    page = opened(browsing, streets.patroller, walk)
    page.context.set_offline(True)
    say_no(page, walk, streets.point, streets.whole)  # asks for a photo: it will be refused
    page.wait_for_selector(f"{PANEL} li")

    # The other signs in on the same phone: neither sees nor sends what the first noted.
    mine = page.context.cookies()
    other = browsing.signed_in(streets.zone_leader, size=PHONE)
    page.context.clear_cookies()
    page.context.add_cookies(other.context.cookies())
    page.context.set_offline(False)
    browsing.go(page, f"/today/patrols/{walk.pk}/")
    page.wait_for_load_state("networkidle")
    assert page.locator(PANEL).is_hidden() and not Answer.objects.exists()

    # Nobody signed in any more: the draft stays and says so.
    page.context.clear_cookies()
    page.context.add_cookies(mine)
    page.context.set_offline(True)
    page.context.set_offline(False)
    browsing.go(page, "/today/")
    page.wait_for_selector(f"{PANEL} li a")
    assert "照片" in page.inner_text(PANEL)
    assert not Answer.objects.exists()
    page.click(f"{PANEL} li a")
    page.wait_for_selector(f"#item{streets.whole.pk}-value-no:checked", state="attached")
    page.set_input_files(f"[name='item{streets.whole.pk}-photo']", picture("brown"))
    page.click("main form[data-draft] .btn--main")
    page.wait_for_url(f"**/today/patrols/{walk.pk}/")
    assert Answer.objects.get().case == Case.objects.get()
    page.wait_for_selector("[data-draft-said]:not([hidden])")
    assert page.locator(PANEL).is_hidden()


def test_when_the_sign_in_has_ended_the_draft_stays_and_says_so(
    streets: SimpleNamespace, walk: Patrol, browsing: Browsing
) -> None:
    page = opened(browsing, streets.patroller, walk)
    page.context.clear_cookies()
    say_no(page, walk, streets.point, streets.clean)
    page.wait_for_selector("[data-sign-in]:not([hidden])")
    assert streets.point.name in page.inner_text(PANEL)
    assert not Answer.objects.exists()


def test_without_scripts_the_point_is_a_page_and_a_form_as_any_other(
    streets: SimpleNamespace, walk: Patrol, browsing: Browsing
) -> None:
    page = browsing.signed_in(streets.patroller, size=PHONE, scripts=False)
    browsing.go(page, f"/today/patrols/{walk.pk}/")
    page.click(f"a[href='/today/patrols/{walk.pk}/points/{streets.point.pk}/']")
    page.click(f"label[for='item{streets.clean.pk}-value-no']")
    page.click("main form[data-draft] .btn--main")
    page.wait_for_load_state()
    assert Answer.objects.get().case == Case.objects.get()
