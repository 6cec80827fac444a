"""Categories in editions, and whose a case is by category and place."""

import datetime
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from campaign.errors import Refused
from grids import cases, categories
from grids.forms import ReportForm
from grids.models import Case, CaseCategory, CaseRoute, LimitUnit, Zone
from grids.starter_categories import CATEGORIES
from tests.cast import SINCE

NEW_YEAR = datetime.date(2027, 1, 1)


def route_to(streets, unit, **place) -> CaseRoute:
    return CaseRoute.objects.create(committee=streets.huguo, category=streets.litter, unit=unit, **place)


# --- The starter set -------------------------------------------------------------------------------
def test_a_new_street_gets_the_whole_set_once_and_keeps_what_it_had(streets):
    streets.litter.code, streets.litter.name = "1101", "自定名称"
    streets.litter.save()
    whole = sum(len(rows) for *_head, rows in CATEGORIES)
    assert categories.load_starter(streets.huguo) == whole - 1
    assert categories.load_starter(streets.huguo) == 0
    assert CaseCategory.objects.get(committee=streets.huguo, code="1101").name == "自定名称"
    assert categories.load_starter(streets.other) == whole


def test_every_line_of_the_set_can_be_stored_and_the_classes_are_five_and_six(streets):
    rows = categories.starter(streets.huguo)
    for row in rows:
        row.full_clean()
    classes = {(row.kind, row.code[:2]) for row in rows}
    assert [sum(kind == one for kind, _code in classes) for one in CaseCategory.Kind] == [5, 6]
    assert all(row.response_unit == LimitUnit.URGENT for row in rows if row.class_name == "突发事件")


def test_the_admin_loads_it_by_post_alone(scene):
    browser = Client()
    browser.force_login(scene.official)
    address = reverse("admin:grids_casecategory_load_starter")
    before = CaseCategory.objects.count()
    assert browser.get(address).status_code == 200
    assert CaseCategory.objects.count() == before
    assert browser.post(address).status_code == 302
    assert CaseCategory.objects.filter(committee=scene.huguo).count() > 50
    assert CaseCategory.objects.filter(committee=scene.other).count() == 1
    browser.force_login(scene.secretary_a)
    assert browser.post(address).status_code in (302, 403)


# --- Editions ----------------------------------------------------------------------------------------
def test_a_new_edition_stands_beside_the_old_one_and_old_cases_keep_theirs(scene):
    route_to(scene, scene.unit_b, community=scene.b)
    categories.begin_edition(scene.huguo, "2027", NEW_YEAR)
    old = CaseCategory.objects.get(pk=scene.litter.pk)
    new = CaseCategory.objects.get(committee=scene.huguo, edition="2027", code=old.code)
    assert (old.until, new.since, new.fix_limit, new.unit) == (NEW_YEAR, NEW_YEAR, 4, scene.unit_a)
    assert new.routes.get().unit == scene.unit_b
    assert scene.case.category == old
    in_force = CaseCategory.objects.filter(committee=scene.huguo)
    assert old in in_force.in_force(NEW_YEAR - timedelta(days=1))
    assert new not in in_force.in_force(NEW_YEAR - timedelta(days=1))
    assert set(in_force.in_force(NEW_YEAR)) == set(in_force.filter(edition="2027"))


def test_a_card_that_names_last_years_category_opens_a_case_of_this_years(scene):
    yesterday = datetime.date.today() - timedelta(days=1)
    categories.begin_edition(scene.huguo, "2027", yesterday)
    scene.litter.refresh_from_db()
    case = cases.open(
        committee=scene.huguo, community=scene.a, category=scene.litter, source="patrol",
        description="垃圾", point=scene.point, by=scene.patroller,
    )  # fmt: skip
    assert case.category.edition == "2027"


def test_an_edition_begins_once_and_not_before_the_one_that_stands(streets):
    categories.begin_edition(streets.huguo, "2027", NEW_YEAR)
    for edition, since in (("2027", NEW_YEAR), ("", NEW_YEAR), ("2028", NEW_YEAR)):
        with pytest.raises(Refused):
            categories.begin_edition(streets.huguo, edition, since)
    with pytest.raises(Refused):
        categories.begin_edition(streets.other, "2027", NEW_YEAR)


def test_residents_are_offered_what_stands(streets):
    CaseCategory.objects.filter(pk=streets.paving.pk).update(until=datetime.date.today())
    offered = ReportForm(street=streets.huguo).fields["category"].queryset
    assert list(offered) == [streets.litter]


def test_the_command_loads_and_begins_and_says_what_is_wrong(streets):
    call_command("categories", "huguo", "--starter", verbosity=0)
    call_command("categories", "huguo", "--edition", "2027", "--since", "2027-01-01")
    assert CaseCategory.objects.filter(edition="2027").count() > 50
    for line in (["nowhere", "--starter"], ["huguo", "--edition", "2027", "--since", "2027-01-01"]):
        with pytest.raises(CommandError):
            call_command("categories", *line)


# --- Whose it is ---------------------------------------------------------------------------------------
def test_the_most_particular_rule_decides_and_says_why(streets):
    def found(community=streets.a, zone=streets.zone):
        return cases.proposal(streets.litter, community, zone=zone)

    assert found().unit == streets.unit_a
    assert streets.unit_a.name in found().because
    route_to(streets, streets.department, zone=streets.zone)
    assert found().unit == streets.department
    route_to(streets, streets.unit_b, community=streets.a)
    assert found().unit == streets.unit_b
    assert streets.a.name in found().because
    route_to(streets, streets.unit_a, community=streets.a, zone=streets.zone)
    assert found().unit == streets.unit_a
    assert found(zone=None).unit == streets.unit_b
    assert found(community=streets.b).unit == streets.department
    assert found(community=streets.b, zone=None).unit == streets.unit_a


def test_a_unit_that_left_is_passed_over(streets):
    route_to(streets, streets.unit_b, community=streets.a)
    streets.unit_b.until = datetime.date.today()
    streets.unit_b.save()
    assert cases.proposal(streets.litter, streets.a).unit == streets.unit_a


def test_a_patrols_case_goes_by_the_place(scene):
    route_to(scene, scene.unit_b, zone=scene.zone)
    case = cases.open(
        committee=scene.huguo, community=scene.a, category=scene.litter, source=Case.Source.PATROL,
        description="垃圾", point=scene.point, by=scene.patroller,
    )  # fmt: skip
    assert case.unit == scene.unit_b


def test_one_place_has_one_rule(streets):
    other = Zone.objects.create(committee=streets.huguo, number=9, name="九区", since=SINCE)
    for place in (
        {"community": streets.a},
        {"zone": streets.zone},
        {"community": streets.a, "zone": other},
    ):
        route_to(streets, streets.unit_b, **place)
        with pytest.raises(IntegrityError), transaction.atomic():
            route_to(streets, streets.unit_a, **place)
    with pytest.raises(IntegrityError), transaction.atomic():
        route_to(streets, streets.unit_a)
