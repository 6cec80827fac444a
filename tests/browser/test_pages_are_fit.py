"""Every main page, as each role, on a phone and in an office: it fits, is quiet, and axe finds nothing serious."""

from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from grids.models import Case, Merchant, Patrol, Point
from tests.browser.conftest import OFFICE, PHONE, Browsing, fits
from tests.factories import make_all, place_a
from volunteers.models import Activity

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PUBLIC = [
    "/", "/report/", "/follow/", "/activities/", "/stations/", "/organisation/", "/stories/", "/privacy/",
    "/cases/{case}/", "/frontage/{plate}/", "/activities/{activity}/",
    "/points/{point_plate}/",
]  # fmt: skip
SIGN_IN = ["/accounts/sign-in/", "/accounts/sign-in/code/"]
OFFICE_PAGES = [
    "/dashboard/", "/cases/", "/patrols/", "/frontage/", "/visits/", "/zones/", "/volunteers/",
    "/figures/grids.cases_closed/", "/map/", "/points/", "/points/import/", "/health/",
]  # fmt: skip
REPORT = ["/reports/2020/"]
# What a role has beside the public pages, which a visitor has looked at already.
PAGES = {
    "visitor": PUBLIC + SIGN_IN,
    "official": [
        *OFFICE_PAGES,
        *REPORT,
        "/cases/{case}/",
        "/frontage/{plate}/",
        "/activities/plan/",
        "/frontage/month/",
        "/frontage/{plate}/check/",
        "/frontage/{plate}/door/",
        "/frontage/import/",
    ],
    "secretary_a": [*OFFICE_PAGES, *REPORT, "/entries/", "/cases/{case}/", "/activities/{activity}/"],
    "zone_leader": ["/today/", "/cases/", "/cases/{case}/", "/zones/"],
    "patroller": ["/today/", "/today/patrols/{patrol}/", "/today/patrols/{patrol}/points/{point}/", "/me/"],
    "liaison_a": ["/cases/", "/entries/", "/me/"],
    "team_leader": ["/activities/", "/activities/{activity}/", "/me/"],
    "stranger": ["/", "/activities/", "/me/", "/accounts/password/"],
}
# Findings that stand, each by axe's id with its reason. The admin's theme is another's work and not looked at.
EXCEPTIONS: dict[str, str] = {}


def serious(page: Page) -> list[str]:
    """What axe-core calls serious or critical on the page, one line a rule with the first place."""
    found = Axe().run(page).response["violations"]
    return [
        f"{page.url}: {one['id']} ({one['impact']}): {one['nodes'][0]['html'][:160]}"
        for one in found
        if one["impact"] in ("serious", "critical") and one["id"] not in EXCEPTIONS
    ]


@pytest.mark.parametrize("size", [PHONE, OFFICE], ids=["390", "1440"])
@pytest.mark.parametrize("role", PAGES)
def test_the_pages_of_a_role_fit_and_are_quiet_and_accessible(
    role: str, size: dict[str, int], cast: SimpleNamespace, browsing: Browsing
) -> None:
    made = make_all(place_a(cast))
    Patrol.objects.filter(pk=made[Patrol].pk).update(patroller=cast.patroller)
    names = {
        "case": made[Case].code,
        "plate": made[Merchant].plate,
        "point_plate": made[Point].plate,
        "patrol": made[Patrol].pk,
        "point": made[Point].pk,
        "activity": made[Activity].pk,
    }
    page = (
        browsing.page(size=size) if role == "visitor" else browsing.signed_in(getattr(cast, role), size=size)
    )
    wrong = []
    for path in PAGES[role]:
        browsing.go(page, path.format(**names))
        fits(page)
        wrong += serious(page)
    assert not wrong, "\n".join(wrong)
    assert not browsing.complaints, browsing.complaints
