"""Every point gets a plate number for its QR code, a note of where its position came from, and a history."""

import datetime
import secrets

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import grids.models.point


def give_plates(apps, schema_editor):
    Point = apps.get_model("grids.Point")
    for key in Point.objects.values_list("pk", flat=True).iterator():
        Point.objects.filter(pk=key).update(plate=secrets.token_urlsafe(9))


def forget_half_positions(apps, schema_editor):
    """A longitude without a latitude is no place; none was ever shown."""
    Point = apps.get_model("grids.Point")
    half = models.Q(longitude=None) | models.Q(latitude=None)
    Point.objects.filter(half).update(longitude=None, latitude=None)
    Point.objects.filter(until__lte=models.F("since")).update(until=models.F("since") + datetime.timedelta(days=1))


class Migration(migrations.Migration):
    dependencies = [("grids", "0016_usual_ladder")]

    operations = [
        migrations.AddField("point", "plate", models.CharField(max_length=16, null=True)),
        migrations.RunPython(give_plates, migrations.RunPython.noop),
        migrations.AlterField(
            "point",
            "plate",
            models.CharField(
                default=grids.models.point.new_plate, editable=False, max_length=16, unique=True,
                verbose_name="plate number",
            ),
        ),
        migrations.RunPython(forget_half_positions, migrations.RunPython.noop),
    ]
