"""The points of a plan become stops in an order: the table stays, it gains a column."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("grids", "0006_desk_of_cases")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="PlanStop",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                db_column="patrolplan_id",
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="stops",
                                to="grids.patrolplan",
                                verbose_name="patrol plan",
                            ),
                        ),
                        (
                            "point",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="stops",
                                to="grids.point",
                                verbose_name="point",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "stop of a route",
                        "verbose_name_plural": "stops of a route",
                        "db_table": "grids_patrolplan_points",
                        "unique_together": {("plan", "point")},
                    },
                ),
                migrations.AlterField(
                    model_name="patrolplan",
                    name="points",
                    field=models.ManyToManyField(
                        blank=True,
                        related_name="patrol_plans",
                        through="grids.PlanStop",
                        to="grids.point",
                        verbose_name="points",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="planstop",
            name="order",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="order"),
        ),
        migrations.AlterModelOptions(
            name="planstop",
            options={
                "ordering": ["plan", "order", "point"],
                "verbose_name": "stop of a route",
                "verbose_name_plural": "stops of a route",
            },
        ),
    ]
