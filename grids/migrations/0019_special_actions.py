"""The special actions of public health, in editions, and what was seen by their lists."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaign', '0001_initial'),
        ('grids', "0018_points_remember"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HealthAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edition', models.CharField(max_length=20, verbose_name='edition')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('first_day', models.DateField(verbose_name='first day')),
                ('last_day', models.DateField(blank=True, null=True, verbose_name='last day')),
            ],
            options={
                'verbose_name': 'special action',
                'verbose_name_plural': 'special actions',
                'ordering': ['committee', '-first_day', 'order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='HealthAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.CharField(choices=[('yes', 'met'), ('no', 'not met'), ('na', 'not applicable')], max_length=3, verbose_name='answer')),
                ('faults', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='faults')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
            ],
            options={
                'verbose_name': 'answer to a special action',
                'verbose_name_plural': 'answers to special actions',
                'ordering': ['of', 'item'],
            },
        ),
        migrations.CreateModel(
            name='HealthCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('points_reached', models.PositiveSmallIntegerField(default=0, verbose_name='points reached')),
                ('points_possible', models.PositiveSmallIntegerField(default=0, verbose_name='points possible')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('form_key', models.UUIDField(blank=True, editable=False, null=True, unique=True, verbose_name='form key')),
            ],
            options={
                'verbose_name': 'check of a special action',
                'verbose_name_plural': 'checks of special actions',
                'ordering': ['-day', '-pk'],
            },
        ),
        migrations.AddField(
            model_name='healthaction',
            name='checklist',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='health_actions', to='grids.checklist', verbose_name='check-list'),
        ),
        migrations.AddField(
            model_name='healthaction',
            name='committee',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='health_actions', to='campaign.committee', verbose_name='committee'),
        ),
        migrations.AddField(
            model_name='healthanswer',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='health_answers', to='grids.checklistitem', verbose_name='standard'),
        ),
        migrations.AddField(
            model_name='healthcheck',
            name='action',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='grids.healthaction', verbose_name='special action'),
        ),
        migrations.AddField(
            model_name='healthcheck',
            name='by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='checked by'),
        ),
        migrations.AddField(
            model_name='healthcheck',
            name='committee',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='health_checks', to='campaign.committee', verbose_name='committee'),
        ),
        migrations.AddField(
            model_name='healthcheck',
            name='community',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='health_checks', to='campaign.community', verbose_name='community'),
        ),
        migrations.AddField(
            model_name='healthcheck',
            name='point',
            field=models.ForeignKey(blank=True, help_text='Empty when the community as a whole was looked at.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='health_checks', to='grids.point', verbose_name='point'),
        ),
        migrations.AddField(
            model_name='healthanswer',
            name='of',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='grids.healthcheck', verbose_name='check'),
        ),
        migrations.AddConstraint(
            model_name='healthaction',
            constraint=models.UniqueConstraint(fields=('committee', 'edition', 'name'), name='health_action_once'),
        ),
        migrations.AddConstraint(
            model_name='healthaction',
            constraint=models.CheckConstraint(condition=models.Q(('last_day', None), ('last_day__gte', models.F('first_day')), _connector='OR'), name='health_action_ends_after_start'),
        ),
        migrations.AddIndex(
            model_name='healthcheck',
            index=models.Index(fields=['day', 'action'], name='health_check_counted'),
        ),
        migrations.AddConstraint(
            model_name='healthcheck',
            constraint=models.CheckConstraint(condition=models.Q(('points_reached__lte', models.F('points_possible'))), name='health_check_within_possible'),
        ),
        migrations.AddConstraint(
            model_name='healthanswer',
            constraint=models.UniqueConstraint(fields=('of', 'item'), name='health_answer_once'),
        ),
    ]
