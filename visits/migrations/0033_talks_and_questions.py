import django.db.models.deletion
import django.utils.timezone
import uuid
import visits.models.visit
from django.conf import settings
from django.db import migrations, models


# The first list (handbook 5); offices extend it.
FORMATS = (
    "屋场会", "院坝会", "庭院讲堂", "板凳会", "村口会", "田头会", "入户宣讲", "夜访",
    "微宣讲", "专题党课", "报告会", "广播", "文艺宣讲", "线上",
)  # fmt: skip
GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON visits_questionevent
  FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON visits_questionevent
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
"""
UNGUARD = """
DROP TRIGGER append_only ON visits_questionevent;
DROP TRIGGER never_emptied ON visits_questionevent;
"""


def name_talks(apps, schema_editor):
    for talk in apps.get_model("visits", "Talk").objects.filter(reference=None):
        talk.reference = visits.models.visit.new_reference()
        talk.save(update_fields=["reference"])


def list_formats(apps, schema_editor):
    row = apps.get_model("visits", "TalkFormat")
    row.objects.bulk_create(row(name=name) for name in FORMATS)


class Migration(migrations.Migration):
    """What was said at a talk, and what people asked, with a history written once."""

    dependencies = [
        ('cadres', '0005_calendar_day_edited'),
        ('visits', '0032_notice_kinds_of_matters'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TalkFormat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=50, unique=True, verbose_name='name')),
                ('is_used', models.BooleanField(default=True, verbose_name='in use')),
            ],
            options={
                'verbose_name': 'form of talk',
            },
        ),
        migrations.AddField(
            model_name='talk',
            name='audience_kind',
            field=models.CharField(blank=True, max_length=100, verbose_name='kind of audience'),
        ),
        migrations.AddField(
            model_name='talk',
            name='documents',
            field=models.CharField(blank=True, max_length=300, verbose_name='documents explained'),
        ),
        migrations.AddField(
            model_name='talk',
            name='feedback',
            field=models.CharField(blank=True, max_length=300, verbose_name='short feedback'),
        ),
        migrations.AddField(
            model_name='talk',
            name='is_online',
            field=models.BooleanField(default=False, verbose_name='online'),
        ),
        migrations.AddField(
            model_name='talk',
            name='language',
            field=models.CharField(blank=True, max_length=50, verbose_name='language or dialect'),
        ),
        migrations.AddField(
            model_name='talk',
            name='material',
            field=models.CharField(blank=True, max_length=200, verbose_name='material left behind'),
        ),
        migrations.AddField(
            model_name='talk',
            name='minutes',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='minutes'),
        ),
        migrations.AddField(
            model_name='talk',
            name='reference',
            field=models.CharField(editable=False, max_length=8, null=True),
        ),
        migrations.RunPython(name_talks, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='talk',
            name='reference',
            field=models.CharField(default=visits.models.visit.new_reference, editable=False, max_length=8, unique=True),
        ),
        migrations.AddField(
            model_name='talk',
            name='speaker',
            field=models.CharField(blank=True, max_length=50, verbose_name='speaker'),
        ),
        migrations.AddField(
            model_name='talk',
            name='speaker_post',
            field=models.CharField(blank=True, max_length=100, verbose_name='post of the speaker'),
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=visits.models.visit.new_reference, editable=False, max_length=8, unique=True)),
                ('text', models.CharField(max_length=200, verbose_name='question')),
                ('state', models.CharField(choices=[('asked', 'Not answered yet'), ('promised', 'Answer promised'), ('answered', 'Answered'), ('letter', 'Turned into a letter'), ('matter', 'Turned into an on-the-spot matter'), ('withdrawn', 'Withdrawn as entered by mistake')], max_length=9, verbose_name='state')),
                ('answer', models.CharField(blank=True, max_length=500, verbose_name='answer')),
                ('answered_by', models.CharField(blank=True, max_length=100, verbose_name='answered by')),
                ('answered_on', models.DateField(blank=True, null=True, verbose_name='answered on')),
                ('unit_name', models.CharField(blank=True, max_length=100, verbose_name='who answers')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='answer by')),
                ('first_due_on', models.DateField(blank=True, editable=False, null=True)),
                ('client_key', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('letter', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='visits.letter')),
                ('matter', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='visits.matter')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('talk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='visits.talk')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='cadres.unit')),
            ],
            options={
                'verbose_name': 'question from the public',
            },
        ),
        migrations.CreateModel(
            name='QuestionEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(choices=[('record', 'Write down the question'), ('answer', 'Answer'), ('promise', 'Promise an answer'), ('correct', 'Correct the answer'), ('put_off', 'Set a later date'), ('letter', 'Turn into a letter'), ('matter', 'Turn into an on-the-spot matter'), ('withdraw', 'Withdraw')], max_length=8)),
                ('from_state', models.CharField(blank=True, choices=[('asked', 'Not answered yet'), ('promised', 'Answer promised'), ('answered', 'Answered'), ('letter', 'Turned into a letter'), ('matter', 'Turned into an on-the-spot matter'), ('withdrawn', 'Withdrawn as entered by mistake')], max_length=9)),
                ('to_state', models.CharField(choices=[('asked', 'Not answered yet'), ('promised', 'Answer promised'), ('answered', 'Answered'), ('letter', 'Turned into a letter'), ('matter', 'Turned into an on-the-spot matter'), ('withdrawn', 'Withdrawn as entered by mistake')], max_length=9)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('record', models.JSONField(default=dict)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='visits.question')),
            ],
        ),
        migrations.AddField(
            model_name='talk',
            name='format',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='talks', to='visits.talkformat', verbose_name='form'),
        ),
        migrations.AddIndex(
            model_name='question',
            index=models.Index(condition=models.Q(('state__in', ('asked', 'promised'))), fields=['due_on', 'id'], name='question_open_by_limit'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['asked', 'promised', 'answered', 'letter', 'matter', 'withdrawn'])), name='question_state_known'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'answered'), _negated=True), models.Q(models.Q(('answer', ''), _negated=True), models.Q(('answered_by', ''), _negated=True), ('answered_on__isnull', False)), _connector='OR'), name='question_answered_by_someone'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'promised'), _negated=True), models.Q(models.Q(('unit_name', ''), _negated=True), ('due_on__isnull', False)), _connector='OR'), name='question_promised_with_unit_and_date', violation_error_message='A promise names who answers, and by when.'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('due_on__isnull', True), ('first_due_on__isnull', True)), models.Q(('due_on__isnull', False), ('first_due_on__isnull', False)), _connector='OR'), name='question_first_date_kept'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('letter__isnull', False), ('state', 'letter')), models.Q(('matter__isnull', False), ('state', 'matter')), models.Q(models.Q(('state__in', ['letter', 'matter']), _negated=True), ('letter__isnull', True), ('matter__isnull', True)), _connector='OR'), name='question_turned_keeps_its_link'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.UniqueConstraint(fields=('recorded_by', 'client_key'), name='question_sent_once_per_person'),
        ),
        migrations.AddIndex(
            model_name='questionevent',
            index=models.Index(fields=['question', 'id'], name='question_event_order'),
        ),
        migrations.RunPython(list_formats, migrations.RunPython.noop),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
