"""The command that counts anew: it mends what the audit found, and says that it did."""

import io
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from campaign import tallies
from campaign.models import PublicityEntry, Tally, TallyIncident

pytestmark = pytest.mark.django_db
DAY = date(2026, 5, 5)
LEAFLETS = "publicity.leaflets"


@pytest.fixture
def falsified(cast):
    PublicityEntry.objects.create(
        committee=cast.huguo, community=cast.a, kind="leaflet", day=DAY, quantity=30
    )
    tallies.recount_everything()
    Tally.objects.filter(metric=LEAFLETS).update(value=31)
    assert len(tallies.audit()) == 1


def recount(*arguments):
    out = io.StringIO()
    call_command("recount", *arguments, stdout=out)
    return out.getvalue()


def test_a_falsified_tally_is_counted_anew_and_the_finding_is_mended(falsified):
    recount("--metric", LEAFLETS)
    assert tallies.total(LEAFLETS, DAY, DAY) == 30
    assert TallyIncident.objects.get().mended_at is not None
    assert tallies.audit() == []


def test_other_days_and_metrics_stay_as_they_are(falsified):
    recount("--metric", "publicity.adverts")
    recount("--metric", LEAFLETS, "--first", "2026-05-06")
    assert tallies.total(LEAFLETS, DAY, DAY) == 31
    assert TallyIncident.objects.get().mended_at is None


def test_all_metrics_are_counted_when_none_is_named(falsified):
    assert any(sign.isdigit() for sign in recount())
    assert tallies.total(LEAFLETS, DAY, DAY) == 30


def test_a_metric_that_nobody_tells_is_refused(falsified):
    with pytest.raises(CommandError):
        recount("--metric", "nobody.counts")
