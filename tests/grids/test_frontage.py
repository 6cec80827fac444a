"""The shop's card: score by items, status by rule, colour by the scheme of the day; what is private stays so."""

import datetime
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError

from campaign.errors import Refused
from campaign.recurrence import SHANGHAI
from grids import frontage
from grids.models import CardScheme, FrontageFinding, FrontageInspection, Merchant, Pledge, PledgeVersion
from grids.todos import of_those_who_keep_the_shops
from tests.cast import SINCE
from tests.grids.scene import standard_of

NOW = datetime.datetime(2026, 11, 4, 10, 0, tzinfo=SHANGHAI)
TODAY = NOW.date()


@pytest.fixture
def shop(streets):
    with time_machine.travel(NOW, tick=False):
        CardScheme.objects.create(committee=streets.huguo, since=SINCE)
        standard_of(streets.huguo)
        yield Merchant.objects.create(
            committee=streets.huguo,
            community=streets.a,
            zone=streets.zone,
            name="米线店",
            address="南强街1号",
            since=SINCE,
        )


def look(shop, by, said="yyy", **given):
    """One look: a letter an item, y, n or a (not applicable)."""
    words = {"y": "yes", "n": "no", "a": "na"}
    items = frontage.items_on(shop.committee, given.get("day") or TODAY)
    answers = {item.pk: words[letter] for item, letter in zip(items, said, strict=False)}
    return frontage.inspect(shop, answers, by=by, **given)


@pytest.mark.parametrize(
    ("said", "score", "full", "status"),
    [
        ("yyy", 100, 100, "fulfilled"),
        ("nyy", 60, 100, "unfulfilled"),  # below 80 per cent
        ("yya", 80, 80, "fulfilled"),  # what does not apply is not asked for
        ("yna", 40, 80, "unfulfilled"),
        ("yyn", 0, 100, "unfulfilled"),  # a veto
    ],
)
def test_the_score_becomes_a_status_by_the_rule_of_the_edition(streets, shop, said, score, full, status):
    seen = look(shop, streets.patroller, said)
    assert (seen.score, seen.full_score, seen.status) == (score, full, status)
    assert frontage.card(shop).colour == {"fulfilled": "red", "unfulfilled": "green"}[status]
    assert FrontageFinding.objects.count() == 3 - said.count("y")


def test_a_threshold_is_data_and_a_new_edition_judges_only_from_its_day(streets, shop):
    look(shop, streets.official, "nyy", day=TODAY - timedelta(days=40))
    mild = standard_of_another_day(streets, TODAY - timedelta(days=10), pass_percent=50)
    assert look(shop, streets.official, "nyy").status == "fulfilled"
    assert FrontageInspection.objects.exclude(standard=mild).get().status == "unfulfilled"


def standard_of_another_day(streets, since, **given):
    old = frontage.standard_on(streets.huguo, TODAY)
    items = list(old.items.all())
    old.pk, old.edition, old.since = None, "新版", since
    for name, value in given.items():
        setattr(old, name, value)
    old.save()
    for item in items:
        item.pk, item.standard = None, old
        item.save()
    return old


@pytest.mark.parametrize("said", ["", "yy", "aaa", "yyx"])
def test_every_item_is_answered_and_one_at_least_applies(streets, shop, said):
    with pytest.raises((Refused, KeyError)):
        look(shop, streets.official, said)
    assert not FrontageInspection.objects.exists()


def test_items_of_another_street_are_refused(streets, shop):
    foreign = standard_of(streets.other).items.first()
    answers = {item.pk: "yes" for item in frontage.items_on(streets.huguo, TODAY)} | {foreign.pk: "yes"}
    with pytest.raises(Refused):
        frontage.inspect(shop, answers, by=streets.official)


def test_a_street_without_items_says_so(streets, shop):
    with pytest.raises(Refused) as refusal:
        look(shop, streets.official, "", day=SINCE)
    assert refusal.value.code == "incomplete"
    frontage.standard_on(streets.huguo, TODAY).delete()
    with pytest.raises(Refused) as refusal:
        look(shop, streets.official)
    assert refusal.value.code == "no_standard"


# --- Putting right, expiry -----------------------------------------------------------------------------
def test_what_fails_has_a_day_and_the_next_look_is_its_recheck(streets, shop):
    failed = look(shop, streets.patroller, "nyy")
    assert failed.rectify_by == TODAY + timedelta(days=3) and failed.recheck_of is None
    shops = Merchant.objects.all()
    assert not frontage.to_recheck(shops, TODAY + timedelta(days=2)).exists()
    assert frontage.to_recheck(shops, TODAY + timedelta(days=3)).get() == shop
    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        todos = {str(todo.title): todo for todo in of_those_who_keep_the_shops(streets.secretary_a)}
        again = look(shop, streets.patroller)
        assert again.recheck_of == failed and again.rectify_by is None
        assert not frontage.to_recheck(shops).exists()
        assert look(shop, streets.patroller).recheck_of is None
    assert any(todo.count == todo.overdue == 1 for todo in todos.values())


@pytest.mark.parametrize("days", [-1, 61])
def test_the_day_of_putting_right_is_near(streets, shop, days):
    with pytest.raises(Refused):
        look(shop, streets.official, "nyy", rectify_by=TODAY + timedelta(days=days))
    assert look(shop, streets.official, "nyy", rectify_by=TODAY).rectify_by == TODAY


def test_a_card_says_nothing_after_its_time(streets, shop):
    look(shop, streets.official)
    assert not frontage.card(shop, TODAY + timedelta(days=61)).expired
    assert frontage.card(shop, TODAY + timedelta(days=62)).expired


# --- Colours -------------------------------------------------------------------------------------------
def test_a_new_meaning_of_the_colours_leaves_the_past_as_it_was_and_tells_who_decided(streets, shop):
    look(shop, streets.official, day=TODAY - timedelta(days=20))
    given = {"fulfilled": "green", "unfulfilled": "red", "because": "与市里统一", "by": streets.official}
    scheme = frontage.set_scheme(streets.huguo, since=TODAY, **given)
    assert frontage.card(shop, TODAY - timedelta(days=1)).colour == "red"
    assert frontage.card(shop).colour == "green"
    assert frontage.status_of(shop).status == "fulfilled"
    assert (scheme.decided_by, scheme.decided_at) == (streets.official, NOW)


def test_no_colour_of_the_past_is_changed(streets, shop):
    given = {"fulfilled": "green", "unfulfilled": "red", "because": "统一"}
    for by, since, wrong in (
        (streets.official, TODAY - timedelta(days=1), {}),
        (streets.secretary_a, TODAY, {}),
        (streets.official, TODAY, {"because": " "}),
        (streets.official, TODAY, {"fulfilled": "red"}),
    ):
        with pytest.raises((Refused, ValidationError)):
            frontage.set_scheme(streets.huguo, since=since, by=by, **given | wrong)
    assert CardScheme.objects.count() == 1


def test_a_list_of_shops_tells_their_latest_status_in_one_query(streets, shop, django_assert_num_queries):
    look(shop, streets.official, day=TODAY - timedelta(days=30))
    look(shop, streets.official, "yny")
    look(shop, streets.official, day=TODAY - timedelta(days=60))
    with django_assert_num_queries(1):
        (row,) = frontage.latest_statuses(Merchant.objects.all())
    assert (row.latest_status, row.latest_day) == ("unfulfilled", TODAY)


# --- Once, and by whom ---------------------------------------------------------------------------------
def test_the_same_form_twice_is_one_inspection_and_for_another_shop_none(streets, shop):
    key = uuid.uuid4()
    first = look(shop, streets.official, form_key=key)
    assert look(shop, streets.official, form_key=key) == first
    other = Merchant.objects.create(
        committee=streets.huguo, community=streets.a, name="书店", address="南强街2号", since=SINCE
    )
    with pytest.raises(Refused):
        look(other, streets.official, form_key=key)
    assert FrontageInspection.objects.count() == 1


@pytest.mark.parametrize("who", ["liaison_a", "team_leader", "stranger", "official_far"])
def test_who_has_no_business_at_the_door_is_refused(streets, shop, who):
    with pytest.raises(Refused):
        look(shop, getattr(streets, who))


@pytest.mark.parametrize("day", [TODAY + timedelta(days=1), datetime.date(2019, 12, 31)])
def test_a_day_to_come_or_before_the_shop_is_refused(streets, shop, day):
    with pytest.raises(Refused):
        look(shop, streets.official, day=day)


def test_a_note_that_is_too_long_is_a_sentence(streets, shop):
    with pytest.raises(ValidationError):
        look(shop, streets.official, note="长" * 201)


# --- The pledge ----------------------------------------------------------------------------------------
def version(streets, name, since):
    return PledgeVersion.objects.create(committee=streets.huguo, version=name, since=since, text="门前三包")


def test_a_new_version_of_the_pledge_is_signed_anew_and_the_old_one_stays(streets, shop):
    shops = Merchant.objects.all()
    with pytest.raises(Refused):
        frontage.sign(shop, by=streets.secretary_a)
    assert not frontage.to_pledge(shops).exists()
    old = version(streets, "2020", SINCE)
    assert frontage.to_pledge(shops).get() == shop
    for _time in range(2):
        frontage.sign(shop, by=streets.secretary_a, signed_on=TODAY - timedelta(days=9))
    assert not frontage.to_pledge(shops).exists() and Pledge.objects.get().version == old
    version(streets, "2026", TODAY)
    assert frontage.to_pledge(shops).get() == shop
    assert frontage.waiting(shops, for_whom=streets.official)["pledge"] == 1
    frontage.sign(shop, by=streets.secretary_a)
    shop.refresh_from_db()
    assert shop.pledged_on == TODAY and Pledge.objects.count() == 2
    for who in (streets.patroller, streets.secretary_b):
        with pytest.raises(Refused):
            frontage.sign(shop, by=who)
    with pytest.raises(Refused):
        frontage.sign(shop, by=streets.secretary_a, signed_on=TODAY + timedelta(days=1))


# --- Objections ----------------------------------------------------------------------------------------
def test_an_upheld_objection_sets_the_look_aside_and_keeps_it(streets, shop):
    look(shop, streets.official, day=TODAY - timedelta(days=5))
    failed = look(shop, streets.patroller, "nyy")
    given = frontage.appeal(failed, "正在卸货", by=streets.secretary_a)
    shops = Merchant.objects.all()
    assert frontage.waiting(shops, for_whom=streets.secretary_a)["appeal"] == 0
    assert frontage.waiting(shops, for_whom=streets.official) == {"recheck": 0, "pledge": 0, "appeal": 1}
    assert frontage.appeal(failed, "正在卸货", by=streets.secretary_a) == given
    with pytest.raises(Refused):
        frontage.appeal(failed, "另一件事", by=streets.secretary_a)
    with pytest.raises(Refused) as refusal:
        frontage.decide(given, upheld=True, reason="属实", by=streets.secretary_a)
    assert refusal.value.code == "same_person"
    frontage.decide(given, upheld=True, reason="属实", by=streets.official)
    assert frontage.card(shop).colour == "red" and FrontageInspection.objects.count() == 2
    with pytest.raises(Refused):
        frontage.decide(given, upheld=False, reason="不属实", by=streets.official)


def test_who_looked_does_not_decide_and_a_rejected_objection_changes_nothing(streets, shop):
    given = frontage.appeal(look(shop, streets.official, "nyy"), "正在卸货", by=streets.secretary_a)
    with pytest.raises(Refused):
        frontage.decide(given, upheld=True, reason="属实", by=streets.official)
    with pytest.raises(Refused):
        frontage.decide(given, upheld=True, reason="属实", by=streets.patroller)
    with pytest.raises(Refused):
        frontage.decide(given, upheld=True, reason="属实", by=streets.secretary_b)
    decided = frontage.decide(given, upheld=False, reason="不属实", by=streets.root)
    assert decided.decision == "rejected" and frontage.card(shop).colour == "green"


def test_an_objection_has_its_time_and_something_to_object_to(streets, shop):
    with pytest.raises(Refused):
        frontage.appeal(look(shop, streets.patroller), "不服", by=streets.secretary_a)
    failed = look(shop, streets.patroller, "nyy")
    for text in ("", "长" * 301):
        with pytest.raises(Refused):
            frontage.appeal(failed, text, by=streets.secretary_a)
    with time_machine.travel(NOW + timedelta(days=16), tick=False), pytest.raises(Refused):
        frontage.appeal(failed, "太晚", by=streets.secretary_a)


@pytest.mark.parametrize(
    ("address", "road"),
    [
        ("南强街12号", "南强街"),
        ("东风西路3号", "东风西路"),
        ("人民中路大道旁", "人民中路"),
        ("12号", ""),
        ("某店门前", ""),
    ],
)
def test_the_road_is_read_from_the_address(address, road):
    assert frontage.road_of(address) == road
