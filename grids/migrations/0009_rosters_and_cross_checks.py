"""Plans that go on changed, slots that change hands with their history, and cross-checks."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaign', '0001_initial'),
        ('grids', "0008_slots_that_stay"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CrossCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=40, verbose_name='title')),
                ('day', models.DateField(verbose_name='day')),
                ('start_time', models.TimeField(verbose_name='starts at')),
                ('window_minutes', models.PositiveSmallIntegerField(default=180, validators=[django.core.validators.MinValueValidator(10), django.core.validators.MaxValueValidator(1440)], verbose_name='window in minutes')),
                ('points_each', models.PositiveSmallIntegerField(default=3, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(30)], verbose_name='points of each community')),
                ('seed', models.PositiveIntegerField(help_text='The same seed over the same points draws the same: anyone can check it.', verbose_name='seed of the draw')),
                ('drawn_at', models.DateTimeField(verbose_name='drawn at')),
            ],
            options={
                'verbose_name': 'cross-check',
                'verbose_name_plural': 'cross-checks',
                'ordering': ['-day', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('leave', 'leave'), ('swap', 'swap')], max_length=5, verbose_name='kind')),
                ('asked_at', models.DateTimeField(verbose_name='asked at')),
                ('reason', models.CharField(max_length=120, verbose_name='reason')),
                ('state', models.CharField(choices=[('asked', 'asked'), ('agreed', 'agreed'), ('refused', 'refused'), ('taken_back', 'taken back')], default='asked', max_length=10, verbose_name='state')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('note', models.CharField(blank=True, max_length=120, verbose_name='note')),
            ],
            options={
                'verbose_name': 'leave or swap',
                'verbose_name_plural': 'leave and swap',
                'ordering': ['-asked_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='PatrolEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('made', 'set up'), ('changed', 'changed'), ('split', 'goes on changed'), ('left_out', 'left out after a standstill'), ('moved', 'moved'), ('withdrawn', 'withdrawn'), ('handed_over', 'handed over')], max_length=12, verbose_name='what')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
            ],
            options={
                'verbose_name': 'event of a patrol',
                'verbose_name_plural': 'events of patrols',
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='patrolplan',
            name='patrol_plan_name_once',
        ),
        migrations.AddField(
            model_name='patrol',
            name='shown_to',
            field=models.ForeignKey(blank=True, help_text='The community that was cross-checked: it sees the patrol once it is done.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaign.community', verbose_name='shown to'),
        ),
        migrations.AddField(
            model_name='patrolplan',
            name='checked',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaign.community', verbose_name='checked community'),
        ),
        migrations.AddField(
            model_name='patrolplan',
            name='continues',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='continued_by', to='grids.patrolplan', verbose_name='goes on from'),
        ),
        migrations.AddField(
            model_name='patrolplan',
            name='covers',
            field=models.CharField(choices=[('route', 'a route of points'), ('zone', 'the whole zone')], default='route', help_text='The whole zone: every point of the zone that the check-list fits, as they stand on the day.', max_length=5, verbose_name='looks at'),
        ),
        migrations.AddField(
            model_name='patrolplan',
            name='misfire',
            field=models.CharField(choices=[('all', 'all are entered, as missed'), ('latest', 'the latest is entered, as missed'), ('skip', 'none is entered; their number is noted')], default='all', help_text='What becomes of the slots of the time in which the portal did not run. None is slid forward.', max_length=6, verbose_name='after a standstill'),
        ),
        migrations.AddField(
            model_name='patrolplan',
            name='turn_offset',
            field=models.PositiveSmallIntegerField(default=0, editable=False, help_text='So that a plan that goes on from another goes on with the turn as well.', verbose_name='turns taken before'),
        ),
        migrations.AddField(
            model_name='crosscheck',
            name='checklist',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cross_checks', to='grids.checklist', verbose_name='check-list'),
        ),
        migrations.AddField(
            model_name='crosscheck',
            name='committee',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cross_checks', to='campaign.committee', verbose_name='committee'),
        ),
        migrations.AddField(
            model_name='crosscheck',
            name='drawn_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='drawn by'),
        ),
        migrations.AddField(
            model_name='patrolplan',
            name='cross_check',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='grids.crosscheck', verbose_name='cross-check'),
        ),
        migrations.AddConstraint(
            model_name='patrolplan',
            constraint=models.UniqueConstraint(fields=('committee', 'name', 'first_day'), name='patrol_plan_name_once'),
        ),
        migrations.AddField(
            model_name='handover',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handovers_asked', to=settings.AUTH_USER_MODEL, verbose_name='asked by'),
        ),
        migrations.AddField(
            model_name='handover',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by'),
        ),
        migrations.AddField(
            model_name='handover',
            name='other',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='swaps', to='grids.patrol', verbose_name='swapped for'),
        ),
        migrations.AddField(
            model_name='handover',
            name='patrol',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handovers', to='grids.patrol', verbose_name='patrol'),
        ),
        migrations.AddField(
            model_name='handover',
            name='taker',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='handovers_taken', to=settings.AUTH_USER_MODEL, verbose_name='taken over by'),
        ),
        migrations.AddField(
            model_name='patrolevent',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AddField(
            model_name='patrolevent',
            name='patrol',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='grids.patrol', verbose_name='patrol'),
        ),
        migrations.AddField(
            model_name='patrolevent',
            name='plan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='grids.patrolplan', verbose_name='patrol plan'),
        ),
        migrations.AddConstraint(
            model_name='crosscheck',
            constraint=models.UniqueConstraint(fields=('committee', 'title', 'day'), name='cross_check_once'),
        ),
        migrations.AddIndex(
            model_name='handover',
            index=models.Index(fields=['-asked_at', '-id'], name='handover_listed'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('patrol',), name='handover_asked_once'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'leave'), ('other', None)), models.Q(('kind', 'swap'), ('other__isnull', False)), _connector='OR'), name='handover_swap_has_other'),
        ),
    ]
