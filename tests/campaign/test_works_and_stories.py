"""Works count from the day of acceptance; stories are told when published."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from campaign import stories, tallies, works
from campaign.errors import Refused
from campaign.models import Facility, Site, Story, WorkItem

pytestmark = pytest.mark.django_db
DAY = date(2026, 4, 2)


def work(cast, **changes):
    return WorkItem(
        **{"committee": cast.huguo, "community": cast.a, "kind": "facade", "quantity": 120, **changes}
    )


def facades(cast, day=DAY):
    tallies.count_marked()
    return tallies.total("works.facades_m2", day, day, committee=cast.huguo)


def test_work_that_goes_on_does_not_count_and_accepted_work_does(cast):
    begun = works.save(work(cast, begun_on=DAY), cast.secretary_a)
    assert facades(cast) == 0
    works.accept(begun, DAY, cast.secretary_a)
    assert facades(cast) == 120


@pytest.mark.parametrize(
    "wrong",
    [
        {"accepted_on": timezone.localdate() + timedelta(days=1)},
        {"begun_on": DAY, "accepted_on": DAY - timedelta(days=1)},
        {"kind": "renovation"},
    ],
)
def test_impossible_work_is_refused(cast, wrong):
    with pytest.raises(Refused):
        works.save(work(cast, **wrong), cast.secretary_a)
    assert not WorkItem.objects.exists()


def test_a_site_or_contractor_of_elsewhere_is_refused(cast):
    elsewhere = Site.objects.create(committee=cast.huguo, community=cast.b, kind="lane", name="乙巷")
    for foreign in ({"site": elsewhere}, {"contractor": cast.unit_far}):
        with pytest.raises(Refused):
            works.save(work(cast, **foreign), cast.official)


@pytest.mark.parametrize("who", ["secretary_b", "official_far", "liaison_a", "stranger"])
def test_only_the_place_s_own_enter_its_works(cast, who):
    with pytest.raises(Refused):
        works.save(work(cast), getattr(cast, who))


def test_work_is_not_taken_over_from_another_community(cast):
    theirs = works.save(work(cast, community=cast.b), cast.secretary_b)
    theirs.community = cast.a
    with pytest.raises(Refused):
        works.save(theirs, cast.secretary_a)


def test_renovations_are_told_apart_by_site_and_named(cast):
    site = works.save_site(Site(community=cast.a, kind="lane", name="甲巷"), cast.secretary_a)
    works.save(work(cast, kind="renovation", quantity=1, site=site, accepted_on=DAY), cast.secretary_a)
    works.install(Facility(site=site, kind="camera", quantity=4, installed_on=DAY), cast.secretary_a)
    tallies.count_marked()
    renovated = tallies.by_slice("works.courtyards_renovated", DAY, DAY, committee=cast.huguo)
    assert renovated == {str(site.pk): 1}
    assert tallies.by_slice("works.facilities", DAY, DAY, committee=cast.huguo) == {"camera": 4}


def tell(cast, by=None, **changes):
    given = {"community": cast.a, "title": "拾金不昧", "body": "一位邻居……", "happened_on": DAY, **changes}
    return stories.write(by or cast.secretary_a, **given)


def told(cast):
    tallies.count_marked()
    return tallies.total("stories.stories", DAY, DAY, committee=cast.huguo)


def test_a_draft_is_not_told_and_can_be_published_and_taken_back(cast):
    story = tell(cast)
    assert (told(cast), stories.published(cast.huguo).count()) == (0, 0)
    stories.save(story, cast.secretary_a, publish=True)
    assert (told(cast), stories.published(cast.huguo).count()) == (1, 1)
    stories.save(story, cast.secretary_a, publish=False)
    assert (told(cast), stories.published(cast.huguo).count()) == (0, 0)


@pytest.mark.parametrize("who", ["secretary_b", "official_far", "patroller", "stranger"])
def test_nobody_writes_for_another_community(cast, who):
    with pytest.raises(Refused):
        tell(cast, by=getattr(cast, who))
    assert not Story.objects.exists()


def test_a_deed_to_come_is_none(cast):
    with pytest.raises(Refused):
        tell(cast, happened_on=timezone.localdate() + timedelta(days=1))
