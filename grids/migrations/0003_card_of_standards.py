"""The card of standards says how points are lost, what good and bad look like, and since when it is in force."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("grids", "0002_photos_of_answers")]

    operations = [
        migrations.RenameField("checklistitem", "full_score", "max_score"),
        migrations.AddField(
            model_name='answer',
            name='faults',
            field=models.PositiveSmallIntegerField(default=1, help_text='Of a “no”: in how many places it is wrong.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='faults'),
        ),
        migrations.AddField(
            model_name='checklist',
            name='since',
            field=models.DateField(blank=True, help_text='The newest card in force is the one that hangs at the point; older ones keep their answers.', null=True, verbose_name='in force since'),
        ),
        migrations.AddField(
            model_name='checklistitem',
            name='bad_example',
            field=models.CharField(blank=True, help_text='What is often found and counts as “no”.', max_length=200, verbose_name='as it should not be'),
        ),
        migrations.AddField(
            model_name='checklistitem',
            name='deduct',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Points that each fault costs, until none are left. Empty: the first fault costs them all.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='deducted for each fault'),
        ),
        migrations.AddField(
            model_name='checklistitem',
            name='good_example',
            field=models.CharField(blank=True, help_text='What somebody sees when it is met.', max_length=200, verbose_name='as it should be'),
        ),
    ]
