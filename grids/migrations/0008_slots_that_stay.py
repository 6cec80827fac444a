"""A patrol remembers the slot that its plan's rule named, so that it can be moved without being made again."""

from typing import Any

from django.db import migrations, models
from django.db.models import F


def slots_are_starts(apps: Any, schema_editor: Any) -> None:
    patrols = apps.get_model("grids.Patrol").objects.using(schema_editor.connection.alias)
    patrols.filter(slot_at=None).update(slot_at=F("starts_at"))


class Migration(migrations.Migration):
    dependencies = [("grids", "0007_stops_in_order")]

    operations = [
        migrations.AddField(
            model_name="patrol",
            name="slot_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="slot"),
        ),
        migrations.RunPython(slots_are_starts, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="patrol",
            name="slot_at",
            field=models.DateTimeField(
                editable=False,
                help_text="The moment that the rule named. It stays when the patrol itself is moved.",
                verbose_name="slot",
            ),
        ),
        migrations.RemoveConstraint(model_name="patrol", name="patrol_slot_once"),
        migrations.AddConstraint(
            model_name="patrol",
            constraint=models.UniqueConstraint(fields=("plan", "slot_at"), name="patrol_slot_once"),
        ),
        migrations.AddField(
            model_name="patrol",
            name="by_hand",
            field=models.BooleanField(
                default=False,
                editable=False,
                help_text="Moved, handed over or withdrawn alone: a change of the whole plan leaves it so.",
                verbose_name="set by hand",
            ),
        ),
        migrations.AlterField(
            model_name="patrol",
            name="state",
            field=models.CharField(
                choices=[("due", "due"), ("done", "done"), ("missed", "missed"), ("withdrawn", "withdrawn")],
                default="due",
                max_length=9,
                verbose_name="state",
            ),
        ),
    ]
