"""The demo year, loaded once for this file: every figure of the article comes out of its records."""

import hashlib
import io
import json
import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings as portal
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from docx import Document

from accounts.models import User
from campaign import goals, huguo, registry, reports, tallies
from campaign.models import Appointment, Committee, Goal, PublicityEntry, Tally, WorkItem

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

# Every entry of the article's list of figures: what it says, and how exactly it says it.
ARTICLE: dict[str, Any] = {
    "organisation.committees": 1,
    "organisation.teams": 3,
    "organisation.communities": 7,
    "organisation.party_members_reported_in": 800,
    "organisation.party_member_groups": 2,
    "organisation.responsibility_zones": 6,
    "organisation.zone_leaders": 6,
    "organisation.practice_stations": 8,
    "organisation.volunteers": ("at least", 13_000),
    "organisation.volunteer_teams_epidemic": 9,
    "organisation.participating_residents": 1_447,
    "organisation.participating_property_companies": 1_433,
    "organisation.caring_companies": 28,
    "publicity.open_letters": ("at least", 20_000),
    "publicity.public_service_adverts": 12_000,
    "publicity.public_service_videos": ("at least", 30_000),
    "publicity.leaflets_by_civilised_units": ("at least", 8_000),
    "publicity.leaflets_by_volunteers": ("at least", 30_000),
    "publicity.led_and_loudspeaker_broadcasts": ("at least", 18_000),
    "volunteering.activities_held": ("at least", 2_000),
    "volunteering.activity_kinds": {
        "friday_labour", "traffic_persuasion", "civility_persuasion", "civil_memorial", "dog_keeping",
    },
    "visits.residents_visited": 210_000,
    "visits.companies_visited": 18_700,
    "visits.confirmed_cases": 0,
    "visits.suspected_cases": 0,
    "works.pavement_bricks_repaired_m2": 185,
    "works.facades_washed_m2": ("about", 50_000),
    "works.plants_planted": ("about", 5_000),
    "works.illegal_signs_removed_m2": ("about", 200),
    "works.courtyards_renovated": {
        "庆云街91号院", "庆云街93号院", "南强街92号院", "头道巷38号", "兴华街2号", "鞋善巷",
    },
    "works.courtyard_facilities": {"门禁", "监控探头", "党员活动室", "红色议事角", "矛盾纠纷调解室"},
    "works.charging_piles_installed": ("above nought", "unstated"),
    "frontage.card_when_fulfilled": "red",
    "frontage.card_when_not": "green",
    "stories.stories": 2,
}  # fmt: skip
# The digest of the name of the one person whom the article names, and whom we do not: three characters.
NAMED_BY_THE_ARTICLE = "8b185da2a20b6c88629ee90cfdc50f3e3a2704059a617da2046088eb75914157"
FIRST, LAST = date(2020, 1, 1), date(2020, 12, 31)


def names_the_person(text: str) -> bool:
    """Whether the person's name stands anywhere in the text."""
    threes = (text[start : start + 3] for start in range(len(text) - 2))
    return any(hashlib.sha256(three.encode()).hexdigest() == NAMED_BY_THE_ARTICLE for three in threes)


@pytest.fixture(scope="module", autouse=True)
def said(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """What the command said. All tests of this file stand in its transaction, which is undone at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        out = io.StringIO()
        call_command("load_huguo", stdout=out)
        connection.check_constraints()  # else every test would check the whole year again at its end
        yield out.getvalue()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def lines(said: str, django_db_blocker: Any) -> dict[str, reports.Line]:
    """Every figure of the year as it was loaded."""
    with django_db_blocker.unblock():
        told = reports.compare(Committee.objects.get(is_demo=True), 2020)
    return {line.key: line for line in told}


@pytest.fixture
def street(db: None) -> Committee:
    return Committee.objects.get(is_demo=True)


def figures(*arguments: str) -> tuple[int, str]:
    """The exit status and the text of the command."""
    out = io.StringIO()
    try:
        call_command("figures", *arguments, stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    return 0, out.getvalue()


def visitor(phone: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(phone=phone), backend="django.contrib.auth.backends.ModelBackend")
    return client


# --- The article's figures ----------------------------------------------------------------------------
def test_every_entry_of_the_list_is_registered_and_nothing_else():
    assert set(registry.figures) == set(ARTICLE)


@pytest.mark.parametrize("key", ARTICLE)
def test_the_figure_says_what_the_article_says(key):
    figure, said = registry.figures[key], ARTICLE[key]
    how, what = said if isinstance(said, tuple) else ("exactly", said)
    assert figure.article == what
    assert (figure.at_least, figure.about, figure.above_nought) == (
        how == "at least", how == "about", how == "above nought",
    )  # fmt: skip


@pytest.mark.parametrize("key", ARTICLE)
def test_the_figure_is_met_by_tallies_and_by_plain_sql(key, lines):
    line = lines[key]
    assert line.stated == line.counted
    assert line.met


def test_the_command_tells_one_line_for_each_and_ends_well(street):
    status, text = figures("--year", "2020", "--format", "json")
    told = json.loads(text)
    assert status == 0
    assert {line["key"] for line in told} == set(ARTICLE)
    assert all(set(line) == {"key", "article", "stated", "counted", "met"} for line in told)
    assert all(line["met"] is True for line in told)
    assert figures("--year", "2020")[1].count("\n") == len(ARTICLE) + 2


def test_a_falsified_tally_is_found_and_ends_with_status_1(street):
    tally = Tally.objects.filter(metric="publicity.open_letters", day__range=(FIRST, LAST)).first()
    Tally.objects.filter(pk=tally.pk).update(value=tally.value + 1)
    status, text = figures("--format", "json")
    (line,) = (line for line in json.loads(text) if line["key"] == "publicity.open_letters")
    assert status == 1
    assert line["stated"] == line["counted"] + 1
    assert line["met"] is False


def test_a_missing_record_that_both_ways_see_is_not_met_but_agrees(street):
    WorkItem.objects.filter(kind="paving").first().delete()
    tallies.count_marked()
    status, text = figures("--format", "json")
    (line,) = (line for line in json.loads(text) if line["key"] == "works.pavement_bricks_repaired_m2")
    assert status == 0
    assert line["stated"] == line["counted"] < 185
    assert line["met"] is False


def test_a_leaflet_of_the_wrong_team_does_not_count_for_another(street):
    by_units = tallies.total("publicity.leaflets", FIRST, LAST, committee=street, slice="unit")
    by_volunteers = tallies.total("publicity.leaflets", FIRST, LAST, committee=street, slice="volunteer")
    assert by_units + by_volunteers == tallies.total("publicity.leaflets", FIRST, LAST, committee=street)


def test_another_year_is_counted_for_itself(street):
    status, text = figures("--year", "2019", "--format", "json")
    told = {line["key"]: line["stated"] for line in json.loads(text)}
    assert status == 0
    assert told["publicity.open_letters"] == 0
    assert told["works.courtyards_renovated"] == []


# --- What was loaded ----------------------------------------------------------------------------------
def test_loading_twice_is_loading_once(said):
    before = PublicityEntry.objects.count()
    out = io.StringIO()
    call_command("load_huguo", stdout=out)
    assert PublicityEntry.objects.count() == before
    assert "演示" in out.getvalue() or "already" in out.getvalue()
    assert said.count("\n") > 5  # progress, line by line


def test_production_refuses_it(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError):
        call_command("load_huguo")


def test_nothing_waits_to_be_counted_and_the_audit_finds_nothing():
    tallies.count_marked()
    assert tallies.audit() == []


def test_the_seventh_community_says_that_it_is_inferred(street):
    names = list(street.communities.values_list("name", flat=True))
    assert names == [
        "威远街社区", "南屏街社区", "祥云街社区", "青年路社区", "景星街社区", "金牛街社区", "文庙社区",
    ]  # fmt: skip
    assert "推定" in street.communities.get(name="威远街社区").note


def test_people_are_invented_and_their_numbers_belong_to_no_one(street):
    people = User.objects.all()
    assert people.filter(is_demo=False).count() == 0
    assert people.exclude(phone__startswith="12").count() == 0
    told = [*people.values_list("name", flat=True), *street.stories.values_list("body", flat=True)]
    assert not any(names_the_person(text) for text in told)


def test_the_demo_accounts_open_with_the_demo_password():
    assert User.objects.get(phone="12000000001").check_password(portal.DEMO_PASSWORD)
    roles = dict(Appointment.objects.filter(user__phone="12000000001").values_list("user__phone", "role"))
    assert roles == {"12000000001": "official"}


def test_every_fit_courtyard_has_charging_piles(street):
    fit = set(street.sites.filter(fit_for_charging=True).values_list("pk", flat=True))
    assert fit == set(WorkItem.objects.filter(kind="charging_pile").values_list("site", flat=True))


def test_the_present_has_goals_in_every_state(street):
    today = timezone.localdate()
    running = goals.current(Goal.objects.filter(stage__committee=street), today)
    assert {one.lamp for one in goals.progresses(running, today)} == {"done", "on_track", "at_risk", "behind"}
    assert PublicityEntry.objects.filter(day=today).exists()


def test_a_seed_draws_the_same_year_again():
    drawn = [huguo.portions(random.Random("7"), 12_000, 600) for _time in range(2)]
    assert drawn[0] == drawn[1]
    assert sum(drawn[0]) == 12_000
    assert min(drawn[0]) > 0


# --- The report ---------------------------------------------------------------------------------------
def test_the_report_states_what_was_counted(street):
    report = reports.of_year(street, 2020)
    text = "\n".join(block.text for part in report.parts for block in part.blocks if hasattr(block, "text"))
    assert len(report.parts) == 4
    for line in reports.compare(street, 2020):
        if isinstance(line.stated, Decimal):
            assert reports.number(line.stated) in text, line.key
    for name in ARTICLE["works.courtyards_renovated"]:
        assert name in text


def test_every_figure_of_the_report_leads_to_a_page_that_states_it(street):
    client = visitor("12000000001")
    page = client.get("/reports/2020/").content.decode()
    report = reports.of_year(street, 2020)
    metrics = {
        run.metric
        for part in report.parts
        for block in part.blocks
        for run in getattr(block, "runs", ())
        if run.metric
    }
    assert len(metrics) > 25
    for metric in metrics:
        address = f"/figures/{metric}/?first=2020-01-01&amp;last=2020-12-31"
        assert address in page, metric
    for metric in ("publicity.open_letters", "works.facades_m2"):
        answer = client.get(f"/figures/{metric}/?first=2020-01-01&last=2020-12-31")
        total = tallies.total(metric, FIRST, LAST, committee=street)
        assert reports.number(total) in answer.content.decode()


def test_word_has_the_same_text_as_the_page(street):
    answer = visitor("12000000001").get("/reports/2020/word/")
    assert answer.status_code == 200
    written = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(answer.content)).paragraphs)
    for part in reports.of_year(street, 2020).parts:
        assert part.title in written
        for block in part.blocks:
            if isinstance(block, reports.Paragraph):
                assert block.text in written


def test_the_newspaper_stands_only_beside_the_year_that_it_is_about():
    client = visitor("12000000001")
    assert client.get("/reports/2020/").context["article"]
    assert not client.get("/reports/2021/").context["article"]


# --- Speed --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("phone", ["12000000001", "12000000012"])
def test_a_full_dashboard_stays_within_its_queries(phone, django_assert_max_num_queries):
    """One look-up a subject that asks something of the person (22 of them by now), each by an index of its own;
    none more for more rows: tests/house/test_budgets.py."""
    client = visitor(phone)
    with django_assert_max_num_queries(36):
        assert client.get("/dashboard/").status_code == 200
