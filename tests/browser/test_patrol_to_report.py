"""The first story, clicked through: plan → slot → check-list → case → handled → verified → counted → dashboard, report."""

import datetime
import io
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from PIL import Image

from campaign import tallies
from grids import patrols
from grids.models import Case, Patrol, PatrolPlan
from tests.browser.conftest import PHONE, Browsing, fits
from tests.grids.conftest import streets

__all__ = ["streets"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def picture(colour: str) -> dict[str, object]:
    """A photo as a phone sends one."""
    out = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(out, "JPEG")
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


@pytest.fixture
def walk(streets: SimpleNamespace) -> Patrol:
    """Today's slot of a plan whose window is open now, filled by the scheduler."""
    soon = timezone.localtime() - timedelta(minutes=5)
    PatrolPlan.objects.update(
        rule="FREQ=DAILY",
        first_day=soon.date(),
        start_time=soon.time().replace(second=0, microsecond=0),
        window_minutes=600,
        filled_until=None,
    )
    assert patrols.schedule() > 10
    Patrol.objects.filter(day=soon.date()).update(patroller=streets.patroller)
    return Patrol.objects.get(day=soon.date())


def test_what_a_patroller_finds_is_handled_verified_and_counted(
    streets: SimpleNamespace, walk: Patrol, browsing: Browsing
) -> None:
    lane, street = streets.points

    # Four taps from the finding to the filed case: the patrol, the point, "no", save.
    phone = browsing.signed_in(streets.patroller, size=PHONE)
    browsing.go(phone, "/today/")
    fits(phone)
    taps = 0
    phone.click(f"a[href='/today/patrols/{walk.pk}/']")
    taps += 1
    fits(phone)
    phone.click(f"a[href='/today/patrols/{walk.pk}/points/{lane.pk}/']")
    taps += 1
    fits(phone)
    phone.click(f"label[for='item{streets.clean.pk}-value-no']")
    taps += 1
    fits(phone)
    phone.set_input_files(f"[name='item{streets.clean.pk}-photo']", picture("brown"))
    phone.click("main .btn--main")
    taps += 1
    phone.wait_for_url(f"**/today/patrols/{walk.pk}/")
    assert taps == 4
    case = Case.objects.get()
    assert (case.point, case.zone, case.community) == (lane, streets.zone, streets.a)
    assert (case.state, case.unit, case.photos.count()) == ("dispatched", streets.unit_a, 1)

    # The rest of the round, and done.
    for point, items in ((lane, [streets.whole]), (street, [streets.clean, streets.whole])):
        browsing.go(phone, f"/today/patrols/{walk.pk}/points/{point.pk}/")
        for item in items:
            phone.click(f"label[for='item{item.pk}-value-yes']")
        phone.click("main .btn--main")
        phone.wait_for_url(f"**/today/patrols/{walk.pk}/")
    phone.click("main form[action$='/finish/'] button")
    phone.wait_for_url("**/today/")
    walk.refresh_from_db()
    assert walk.state == "done"

    # The unit's liaison, with scripts off, reports it as handled with a photo of afterwards.
    unit = browsing.signed_in(streets.liaison_a, size=PHONE, scripts=False)
    browsing.go(unit, f"/cases/{case.code}/")
    fits(unit)
    form = unit.locator("form[action$='/moves/report_back/']")
    if not form.locator("input[type=file]").is_visible():
        unit.locator("details:has(form[action$='/moves/report_back/']) > summary").click()
    form.locator("input[type=file]").set_input_files(picture("green"))
    form.locator("button[type=submit]").click()
    unit.wait_for_load_state()
    case.refresh_from_db()
    assert case.state == "handled"

    # Another person looks and closes it; the handler is not even offered to.
    assert unit.locator("form[action$='/moves/verify/']").count() == 0
    secretary = browsing.signed_in(streets.secretary_a)
    browsing.go(secretary, f"/cases/{case.code}/")
    secretary.locator("form[action$='/moves/verify/'] button[type=submit]").click()
    secretary.wait_for_load_state()
    case.refresh_from_db()
    assert (case.state, case.closed_in_time) == ("closed", True)

    # Counted: on the dashboard, behind the figure, in the year's report.
    tallies.count_marked()
    today = timezone.localdate()
    first, last = datetime.date(today.year, 1, 1), datetime.date(today.year, 12, 31)
    for metric in ("grids.patrols_done", "grids.cases_opened", "grids.cases_closed", "grids.findings"):
        assert tallies.total(metric, first, last, committee=streets.huguo) == 1, metric
    browsing.go(secretary, "/dashboard/")
    fits(secretary)
    browsing.go(secretary, f"/figures/grids.cases_closed/?first={first}&last={last}")
    assert case.code in secretary.inner_text("main")
    browsing.go(secretary, f"/reports/{today.year}/")
    assert browsing.browser.is_connected()
    assert tallies.audit() == []

    # A neighbour follows the case by its number and sees no names and no photos.
    neighbour = browsing.page(size=PHONE)
    browsing.go(neighbour, f"/follow/?code={case.code.lower()}")
    fits(neighbour)
    shown = neighbour.content()
    assert case.code in shown
    for secret in (streets.patroller.name, streets.liaison_a.name, "/photos/"):
        assert secret not in shown
