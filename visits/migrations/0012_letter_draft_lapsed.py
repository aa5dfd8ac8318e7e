from django.db import migrations, models


class Migration(migrations.Migration):
    """A draft that a step has overtaken waits for nobody any more."""

    dependencies = [
        ('visits', '0011_letter_event_handler'),
    ]

    operations = [
        migrations.AlterField(
            model_name='letterdraft',
            name='state',
            field=models.CharField(choices=[('pending', 'Waits for approval'), ('approved', 'Approved'), ('returned', 'Sent back'), ('lapsed', 'Overtaken by a step')], default='pending', max_length=8),
        ),
    ]
