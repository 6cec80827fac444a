"""Streets that stand already get the usual ladder, and the clocks of their open cases are looked at."""

from django.db import migrations
from django.utils import timezone

USUAL = (
    ("response", 100, 0, "handler"),
    ("response", 100, 4, "zone_leader"),
    ("fix", 80, 0, "handler"),
    ("fix", 100, 0, "zone_leader"),
    ("fix", 100, 8, "secretary"),
    ("fix", 100, 24, "office"),
)
RUNNING = ("dispatched", "handling", "handled")


def set_up(apps, schema_editor):
    committees = apps.get_model("campaign", "Committee").objects.all()
    rung, case = apps.get_model("grids", "LadderRung"), apps.get_model("grids", "Case")
    rung.objects.bulk_create(
        rung(committee=committee, clock=clock, percent=percent, hours=hours, to=to)
        for committee in committees
        for clock, percent, hours, to in USUAL
    )
    dispatched = case.objects.exclude(dispatched_at=None)
    dispatched.update(clock_run=1)
    dispatched.filter(state__in=RUNNING).update(clock_at=timezone.now())


def take_down(apps, schema_editor):
    apps.get_model("grids", "Escalation").objects.all().delete()
    apps.get_model("grids", "LadderRung").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("grids", "0015_clocks_and_ladder"), ("campaign", "0001_initial")]

    operations = [migrations.RunPython(set_up, take_down)]
