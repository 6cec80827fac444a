"""The office's desk, clicked through at 390 px: the hotline's list, a repeated report, many at once, taken back."""

from types import SimpleNamespace

import pytest
from django.utils import timezone

from grids.models import Case, CaseBatch, CaseFollower
from grids.workflow import State
from tests.browser.conftest import PHONE, Browsing, fits
from tests.grids.conftest import streets
from tests.workbooks import book

__all__ = ["streets"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HEAD = ["工单编号", "来电时间", "所属社区", "诉求类别", "事发地址", "诉求内容"]


def test_a_list_comes_in_is_dispatched_together_and_taken_back(
    streets: SimpleNamespace, browsing: Browsing
) -> None:
    today = f"{timezone.localdate():%Y-%m-%d} 0:00"
    orders = [[f"A{one}", today, "南屏街社区", "暴露垃圾", f"头道巷{one}号", "有垃圾"] for one in range(3)]
    sheet = {
        "name": "热线.xlsx",
        "mimeType": "application/octet-stream",
        "buffer": book(HEAD, *orders).read(),
    }

    office = browsing.signed_in(streets.official, size=PHONE)
    browsing.go(office, "/cases/hotline/")
    fits(office)
    office.set_input_files("input[name=file]", sheet)
    office.click("button[name=take]")
    office.wait_for_url("**/cases/?source=hotline")
    assert Case.objects.filter(source="hotline").count() == 3

    # A neighbour meets what is known already, and says so without another case.
    neighbour = browsing.page(size=PHONE)
    browsing.go(neighbour, "/report/")
    neighbour.select_option("[name=category]", str(streets.litter.pk))
    neighbour.select_option("[name=community]", str(streets.a.pk))
    neighbour.fill("[name=address]", "头道巷 1 号")
    neighbour.fill("[name=description]", "垃圾一直没人收")
    neighbour.click(".form > .actions button")
    neighbour.wait_for_selector("#alike")
    fits(neighbour)
    neighbour.click("button[name=same]")
    neighbour.wait_for_selector(".code-large")
    assert neighbour.inner_text(".code-large") == CaseFollower.objects.get().code
    assert Case.objects.count() == 3

    # All three together: tried first, then done, then taken back.
    browsing.go(office, "/cases/?source=hotline")
    assert office.is_hidden(".bulk")
    for box in office.query_selector_all("tbody input[name=case]"):
        box.check()
    assert office.inner_text("[data-chosen]") == "3"
    fits(office)
    office.click(".bulk .btn--main")
    office.wait_for_selector("[name=move]")
    office.select_option("[name=move]", "dispatch")
    office.click(".card .btn--main")
    office.wait_for_selector("form[action$='/start/']")
    assert not Case.objects.filter(state=State.DISPATCHED).exists(), "tried is not done"
    fits(office)
    office.click("form[action$='/start/'] button")
    office.wait_for_selector("form[action$='/undo/']")
    assert Case.objects.filter(state=State.DISPATCHED, unit=streets.unit_a).count() == 3
    office.on("dialog", lambda question: question.accept())
    office.click("form[action$='/undo/'] button")
    office.wait_for_selector("form[action$='/undo/']", state="detached")
    assert CaseBatch.objects.get().state == CaseBatch.State.UNDONE
    assert Case.objects.filter(state=State.RECEIVED, unit=None).count() == 3
    browsing.go(office, f"/cases/{Case.objects.first().code}/sheet/")
