"""A community calls a unit that has no account: urgent whistle → link → signed, there, done → rated, closed."""

from types import SimpleNamespace

import pytest

from grids.models import Whistle
from tests.browser.conftest import PHONE, Browsing, fits
from tests.grids.conftest import streets

__all__ = ["streets"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_unit_without_an_account_answers_by_phone(streets: SimpleNamespace, browsing: Browsing) -> None:
    community = browsing.signed_in(streets.secretary_a, size=PHONE)
    browsing.go(community, "/whistles/blow/")
    fits(community)
    community.check("[name=kind][value=urgent]")
    community.fill("[name=title]", "护栏倒伏")
    community.fill("[name=description]", "请立即到场扶正")
    community.select_option("[name=community]", str(streets.a.pk))
    community.select_option("[name=lead]", str(streets.unit_b.pk))
    community.click("main .btn--main")
    community.wait_for_selector("dl.summary-list")
    fits(community)
    whistle = Whistle.objects.get()
    assert whistle.state == "blown"  # urgent: nobody is asked first

    office = browsing.signed_in(streets.official)
    browsing.go(office, f"/whistles/{whistle.code}/")
    office.click("details:has(form[action$='/link/']) summary")
    office.click("form[action$='/link/'] button")
    address = office.inner_text("code")

    # The unit's own phone: nobody is signed in, and there is no script.
    unit = browsing.page(size=PHONE, scripts=False)
    browsing.go(unit, address.removeprefix(browsing.address))
    fits(unit)
    unit.click("form[action$='/sign/'] button")
    unit.fill("form[action$='/arrive/'] [name=person]", "值班组长")
    unit.click("form[action$='/arrive/'] button")
    unit.fill("form[action$='/report/'] [name=note]", "已扶正并加固")
    unit.click("form[action$='/report/'] button")
    unit.wait_for_selector(".notice--ok, .notice")
    fits(unit)

    browsing.go(office, f"/whistles/{whistle.code}/")
    office.check("form[action$='/rate/'] [name=rating][value=good]")
    office.click("form[action$='/rate/'] button")
    office.click("form[action$='/close/'] button")
    office.wait_for_selector("[data-state=closed]")
    whistle.refresh_from_db()
    task = whistle.tasks.get()
    assert (whistle.state, task.state, task.person, task.result) == (
        "closed",
        "rated",
        "值班组长",
        "已扶正并加固",
    )
    assert (task.signed_in_time, task.arrived_in_time) == (True, True)
