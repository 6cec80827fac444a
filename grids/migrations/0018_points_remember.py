"""A point notes where its position came from and what was changed; half a position is none."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaign', '0001_initial'),
        ('grids', "0017_points_bear_plates"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PointEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('changes', models.JSONField(default=dict, help_text='Field by field what stood there before and what stands now.', verbose_name='changes')),
            ],
            options={
                'verbose_name': 'change of a point',
                'verbose_name_plural': 'changes of points',
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.AddField(
            model_name='point',
            name='source_system',
            field=models.CharField(choices=[('wgs84', 'WGS-84 (GPS)'), ('gcj02', 'GCJ-02 (AMap, Tencent, WeChat)'), ('bd09', 'BD-09 (Baidu)'), ('cgcs2000', 'CGCS2000 (national)')], default='wgs84', editable=False, help_text='What is stored is WGS-84; this says from which system it was converted.', max_length=8, verbose_name='position came in'),
        ),
        migrations.AddIndex(
            model_name='point',
            index=models.Index(fields=['committee', 'name', 'id'], name='point_listed'),
        ),
        migrations.AddConstraint(
            model_name='point',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('latitude', None), ('longitude', None)), models.Q(('latitude__isnull', False), ('longitude__isnull', False)), _connector='OR'), name='point_position_whole'),
        ),
        migrations.AddConstraint(
            model_name='point',
            constraint=models.CheckConstraint(condition=models.Q(('until', None), ('until__gt', models.F('since')), _connector='OR'), name='point_ends_after_start'),
        ),
        migrations.AddField(
            model_name='pointevent',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AddField(
            model_name='pointevent',
            name='point',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='grids.point', verbose_name='point'),
        ),
    ]
