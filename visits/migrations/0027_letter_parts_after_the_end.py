from django.db import migrations, models


class Migration(migrations.Migration):
    """The organ above takes down requests; a unit reports and helps after the end."""

    dependencies = [
        ('visits', '0026_calendar_feed'),
    ]

    operations = [
        migrations.AlterField(
            model_name='letterevent',
            name='acted_as',
            field=models.CharField(choices=[('clerk', 'intake clerk'), ('office', 'petition officer'), ('sealer', 'seal officer'), ('unit', 'handling unit'), ('head', 'head of the handling unit'), ('superior', 'common superior'), ('reviewer', 'review officer'), ('admin', 'administrator of units'), ('above', 'organ above'), ('former', 'unit that handled it')], max_length=10),
        ),
    ]
