"""The pages of the ground: who may open them, what they say, what wrong input does, what they cost."""

import uuid
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from campaign import registry, reports, stories, tallies
from campaign.models import Goal, PublicityEntry, Site, Stage, WorkItem

pytestmark = pytest.mark.django_db


def client_of(user):
    client = Client(raise_request_exception=True)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(answer):
    return answer.content.decode()


def enter(community, quantity=30, day=None, kind="leaflet", **more):
    return PublicityEntry.objects.create(
        committee=community.committee, community=community, kind=kind, day=day or timezone.localdate(),
        quantity=quantity, **more,
    )  # fmt: skip


# --- Home ---------------------------------------------------------------------------------------------
def test_an_empty_portal_says_how_to_begin(client):
    answer = client.get("/")
    assert answer.status_code == 200
    assert "load_huguo" in text_of(answer)
    for path in ("/stories/", "/organisation/", "/figures/publicity.leaflets/"):
        assert client.get(path).status_code == 404


def test_the_home_page_tells_counts_with_their_definitions_and_no_noughts(cast, client):
    enter(cast.a, 123, kind="open_letter")
    tallies.count_marked()
    page = text_of(client.get("/"))
    assert "/figures/publicity.open_letters/" in page
    assert "/figures/publicity.leaflets/" not in page


def test_the_home_page_shows_one_street_and_never_another(cast, client):
    enter(cast.far, 777, kind="open_letter")
    tallies.count_marked()
    assert "777" not in text_of(client.get("/"))
    assert "远方" not in text_of(client.get("/"))


# --- Dashboard ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["patroller", "liaison_a", "team_leader", "stranger", "zone_leader"])
def test_the_dashboard_is_for_office_and_communities(cast, who):
    assert client_of(getattr(cast, who)).get("/dashboard/").status_code == 403


def test_a_visitor_is_asked_to_sign_in(client, cast):
    for path in ("/dashboard/", "/entries/", "/reports/2020/", "/reports/2020/word/"):
        assert client.get(path).status_code == 302


@pytest.mark.parametrize(
    ("who", "place", "status"),
    [("official", "a", 200), ("official", "b", 200), ("official", "far", 404), ("secretary_a", "b", 404),
     ("secretary_a", "far", 404), ("secretary_a", "a", 200), ("official_far", "a", 404)],
)  # fmt: skip
def test_a_community_of_others_is_not_found(cast, who, place, status):
    answer = client_of(getattr(cast, who)).get(f"/dashboard/?community={getattr(cast, place).pk}")
    assert answer.status_code == status


@pytest.mark.parametrize("query", ["community=x", "chart=nobody.counts", "community=99999999999999999999"])
def test_a_wrong_choice_is_not_found(cast, query):
    assert client_of(cast.official).get(f"/dashboard/?{query}").status_code == 404


@pytest.mark.parametrize("query", ["year=x", "year=-5", "year=99999999", "year=٢٠٢٠", "year="])
def test_a_wrong_year_shows_this_one(cast, query):
    answer = client_of(cast.official).get(f"/dashboard/?{query}")
    assert answer.status_code == 200


def test_a_secretary_sees_the_own_numbers_alone(cast):
    enter(cast.a, 41)
    enter(cast.b, 900)
    tallies.count_marked()
    numbers = client_of(cast.secretary_a).get("/dashboard/").context["numbers"]
    told = {number.metric.key: number.value for number in numbers}
    assert told["publicity.leaflets"] == 41
    numbers = client_of(cast.official).get("/dashboard/").context["numbers"]
    assert {number.metric.key: number.value for number in numbers}["publicity.leaflets"] == 941


def test_the_week_is_told_beside_the_week_before(cast):
    today = timezone.localdate()
    enter(cast.a, 50, today - timedelta(days=6))
    enter(cast.a, 20, today - timedelta(days=7))
    enter(cast.a, 9, today - timedelta(days=14))
    tallies.count_marked()
    numbers = client_of(cast.secretary_a).get("/dashboard/").context["numbers"]
    (leaflets,) = (number for number in numbers if number.metric.key == "publicity.leaflets")
    assert (leaflets.value, leaflets.change) == (50, 30)


def test_a_goal_behind_is_a_to_do_and_the_first_line_says_so(cast):
    today = timezone.localdate()
    stage = Stage.objects.create(
        committee=cast.huguo,
        name="现在",
        first_day=today - timedelta(days=50),
        last_day=today + timedelta(days=5),
    )
    Goal.objects.create(stage=stage, metric="publicity.leaflets", community=cast.a, target=500)
    context = client_of(cast.secretary_a).get("/dashboard/").context
    assert [one.lamp for one in context["goals"]] == ["behind"]
    assert sum(todo.overdue for todo in context["todos"]) == 1
    assert "1" in context["first_line"]
    assert client_of(cast.secretary_b).get("/dashboard/").context["goals"] == []


def test_the_dashboard_costs_the_same_with_many_rows(cast, django_assert_max_num_queries):
    client, today = client_of(cast.official), timezone.localdate()
    stage = Stage.objects.create(committee=cast.huguo, name="现在", first_day=today, last_day=today)
    for number in range(30):
        enter(cast.a, number + 1, today - timedelta(days=number))
        Goal.objects.create(stage=stage, metric="publicity.leaflets", target=number + 1)
    tallies.count_marked()
    # One look-up a subject that asks something of an official; tests/campaign/test_huguo_year.py says why.
    with django_assert_max_num_queries(36):
        assert client.get("/dashboard/").status_code == 200


# --- Entering -----------------------------------------------------------------------------------------
def filled(community, **changes):
    return {
        "community": community.pk, "kind": "leaflet", "quantity": "30", "day": str(timezone.localdate()),
        "form_key": str(uuid.uuid4()), **changes,
    }  # fmt: skip


def test_an_entry_is_made_and_shown(cast):
    client = client_of(cast.secretary_a)
    answer = client.post("/entries/", filled(cast.a, place="南屏街口"), follow=True)
    assert answer.status_code == 200
    assert "南屏街口" in text_of(answer)
    entry = PublicityEntry.objects.get()
    assert (entry.quantity, entry.community, entry.entered_by) == (30, cast.a, cast.secretary_a)


def test_the_form_sent_twice_makes_one_entry(cast):
    client, given = client_of(cast.secretary_a), filled(cast.a)
    assert [client.post("/entries/", given).status_code for _time in range(2)] == [302, 302]
    assert PublicityEntry.objects.count() == 1


def test_a_form_key_of_someone_else_is_refused_and_not_an_error_of_ours(cast):
    given = filled(cast.a)
    client_of(cast.secretary_a).post("/entries/", given)
    answer = client_of(cast.secretary_b).post("/entries/", {**given, "community": cast.b.pk})
    assert answer.status_code == 409
    assert PublicityEntry.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": "0"}, {"quantity": "-3"}, {"quantity": "lots"}, {"quantity": "1e9"}, {"quantity": ""},
        {"quantity": "9" * 40}, {"kind": "smoke"}, {"kind": ""}, {"day": "gestern"}, {"day": "0000-00-00"},
        {"day": "9999-12-31"}, {"day": "1900-01-01"}, {"form_key": "x"}, {"form_key": ""}, {"community": ""},
        {"community": "abc"}, {"team": "99999999"}, {"unit": "-1"}, {"items": "3"}, {"place": "地" * 81},
    ],
)  # fmt: skip
def test_wrong_input_is_a_4xx_that_keeps_what_was_typed_and_writes_nothing(cast, wrong):
    answer = client_of(cast.secretary_a).post("/entries/", {**filled(cast.a, place="记号"), **wrong})
    assert 400 <= answer.status_code < 500
    assert answer.context["form"].errors
    assert not PublicityEntry.objects.exists()


@pytest.mark.parametrize("target", ["b", "far"])
def test_a_community_of_others_is_no_choice(cast, target):
    answer = client_of(cast.secretary_a).post("/entries/", filled(getattr(cast, target)))
    assert answer.status_code == 400
    assert not PublicityEntry.objects.exists()


def test_units_of_others_are_no_choice(cast):
    for unit in (cast.unit_b, cast.unit_far):
        answer = client_of(cast.secretary_a).post("/entries/", filled(cast.a, unit=unit.pk))
        assert answer.status_code == 400


def test_who_may_not_enter_is_told_so(cast):
    assert client_of(cast.patroller).get("/entries/").status_code == 403
    assert client_of(cast.patroller).post("/entries/", filled(cast.a)).status_code == 403


def test_the_list_shows_the_own_entries(cast):
    enter(cast.a, 1, place="甲处")
    enter(cast.b, 2, place="乙处")
    page = text_of(client_of(cast.secretary_a).get("/entries/"))
    assert "甲处" in page
    assert "乙处" not in page


# --- Stories ------------------------------------------------------------------------------------------
def test_a_draft_is_read_by_its_community_and_by_nobody_else(cast, client):
    story = stories.write(
        cast.secretary_a, community=cast.a, title="雨中送伞", body="……", happened_on=date(2026, 5, 5)
    )
    address = f"/stories/{story.pk}/"
    assert client.get(address).status_code == 404
    assert client_of(cast.secretary_b).get(address).status_code == 404
    assert client_of(cast.official_far).get(address).status_code == 404
    assert client_of(cast.secretary_a).get(address).status_code == 200
    assert "雨中送伞" not in text_of(client.get("/stories/"))
    stories.save(story, cast.secretary_a, publish=True)
    assert client.get(address).status_code == 200
    assert "雨中送伞" in text_of(client.get("/stories/"))
    assert client_of(cast.official_far).get(address).status_code == 404


# --- One figure ---------------------------------------------------------------------------------------
def test_the_public_reads_definition_and_sums_and_no_rows(cast, client):
    enter(cast.a, 30, place="甲处记号")
    tallies.count_marked()
    answer = client.get("/figures/publicity.leaflets/")
    assert answer.context["figure"].total == 30
    assert "page" not in answer.context
    assert str(registry.metrics["publicity.leaflets"].definition) in text_of(answer)


def test_the_rows_are_those_of_the_reader(cast):
    enter(cast.a, 31)
    enter(cast.b, 47)
    tallies.count_marked()
    for who, seen in (("secretary_a", [31]), ("secretary_b", [47]), ("official", [47, 31]), ("stranger", [])):
        answer = client_of(getattr(cast, who)).get("/figures/publicity.leaflets/")
        assert [row["value"] for row in answer.context["rows"]] == seen, who
        assert answer.context["figure"].total == 78


def test_a_metric_that_is_not_public_is_not_found_by_the_public(cast, client):
    secret = next(metric.key for metric in registry.metrics.values() if not metric.public)
    assert client.get(f"/figures/{secret}/").status_code == 404
    assert client_of(cast.patroller).get(f"/figures/{secret}/").status_code == 404
    assert client_of(cast.secretary_a).get(f"/figures/{secret}/").status_code == 200


@pytest.mark.parametrize("key", sorted(registry.metrics))
def test_every_metric_has_its_page(cast, key):
    tallies.count_marked()
    answer = client_of(cast.official).get(f"/figures/{key}/?first=2020-01-01&last=2026-12-31")
    assert answer.status_code == 200
    assert "远方" not in text_of(answer)


@pytest.mark.parametrize(
    ("query", "status"),
    [("first=x", 400), ("first=2026-05-05&last=2026-05-04", 400), ("first=0001-01-01", 400), ("cursor=n~x", 404),
     ("first=2026-01-01&last=2026-01-01", 200)],
)  # fmt: skip
def test_wrong_days_are_a_clear_4xx(cast, query, status):
    answer = client_of(cast.official).get(f"/figures/publicity.leaflets/?{query}")
    assert answer.status_code == status


def test_a_metric_that_nobody_tells_is_not_found(client, cast):
    for key in ("nobody.counts", "a.b", "x"):
        assert client.get(f"/figures/{key}/").status_code == 404


# --- The organisation ---------------------------------------------------------------------------------
def test_the_public_sees_the_chart_and_no_names(cast, client):
    page = text_of(client.get("/organisation/"))
    assert cast.a.name in page
    assert cast.unit_a.name in page
    assert cast.secretary_a.name not in page
    assert "远方" not in page


def test_the_street_s_own_see_who_answers_with_masked_numbers(cast):
    page = text_of(client_of(cast.patroller).get("/organisation/"))
    assert cast.secretary_a.name in page
    assert cast.secretary_a.phone not in page
    assert cast.secretary_a.masked_phone in page
    assert "远方" not in page


# --- The report of another street ---------------------------------------------------------------------
def words(report):
    return "\n".join(block.text for part in report.parts for block in part.blocks if hasattr(block, "text"))


def test_a_street_without_records_gets_no_sentences_of_nought(cast):
    tallies.recount_everything()
    report = reports.of_year(cast.other, 2026)
    assert "远方街道" in report.title
    text = words(report)
    for nought in (" 0 ", "0 times", "0份", "0次", "0平方米", "0%"):
        assert nought not in text
    assert len(report.parts) == 1  # the organisation alone


def test_a_small_street_s_report_speaks_of_what_it_did(cast):
    day = date(2026, 4, 4)
    enter(cast.far, 1_234, day, kind="open_letter")
    site = Site.objects.create(committee=cast.other, community=cast.far, kind="lane", name="小巷一号")
    WorkItem.objects.create(
        committee=cast.other, community=cast.far, kind="renovation", quantity=1, site=site, accepted_on=day
    )
    enter(cast.a, 98_765, day, kind="open_letter")
    tallies.recount_everything()
    report = reports.of_year(cast.other, 2026)
    text = words(report)
    assert "1,234" in text
    assert "小巷一号" in text
    assert "98,765" not in text
    assert "1+3+1+n" in text
    assert "南屏" not in text


def test_a_year_before_the_street_is_empty_and_says_so(cast):
    tallies.recount_everything()
    report = reports.of_year(cast.huguo, 1990)
    assert report.is_empty
    assert "1990" in report.opening
    assert reports.as_word(report)


@pytest.mark.parametrize("year", [0, 1, 1949, 2199, 999999])
def test_a_year_that_cannot_be_reported_is_not_found(cast, year):
    client = client_of(cast.official)
    assert client.get(f"/reports/{year}/").status_code == 404
    assert client.get(f"/reports/{year}/word/").status_code == 404


@pytest.mark.parametrize(
    ("who", "status"),
    [("official", 200), ("secretary_a", 200), ("zone_leader", 200), ("patroller", 403), ("stranger", 403)],
)
def test_the_report_is_for_those_who_may_read_it(cast, who, status):
    assert client_of(getattr(cast, who)).get("/reports/2026/").status_code == status


def test_the_report_of_a_street_is_the_reader_s_own(cast):
    assert "远方街道" in text_of(client_of(cast.official_far).get("/reports/2026/"))
    assert "远方" not in text_of(client_of(cast.official).get("/reports/2026/"))


def test_a_story_with_a_tag_in_it_is_shown_as_text(cast):
    stories.write(
        cast.secretary_a, community=cast.a, title="<b>标签</b>", body="<script>alert(1)</script>",
        happened_on=date(2026, 2, 2), publish=True,
    )  # fmt: skip
    page = text_of(client_of(cast.official).get("/reports/2026/"))
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


# --- Landing ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["official", "secretary_a"])
def test_office_and_secretaries_begin_at_the_dashboard(cast, who):
    assert client_of(getattr(cast, who)).get("/accounts/landing/")["Location"] == "/dashboard/"
