import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import visits.models.visit
from django.conf import settings
from django.db import migrations, models


# The subject areas of the 2023 plan (wording to be verified); offices extend the list.
AREAS = (
    "重大决策部署落实", "高质量发展", "统筹发展和安全", "全面深化改革开放",
    "全面依法治国", "意识形态", "共同富裕与民生福祉", "群众急难愁盼",
    "生态环境保护", "社会稳定与信访", "全面从严治党", "长期未解决的老大难问题",
)  # fmt: skip
TABLES = ("investigationevent", "problemevent")
GUARD = "".join(
    f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON visits_{table}"
    " FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();"
    f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON visits_{table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();"
    for table in TABLES
)
UNGUARD = "".join(
    f"DROP TRIGGER append_only ON visits_{table};"
    f"DROP TRIGGER never_emptied ON visits_{table};"
    for table in TABLES
)


def name_investigations(apps, schema_editor):
    rows = apps.get_model("visits", "Investigation").objects
    for row in rows.select_related("leader").filter(reference=None):
        row.reference = visits.models.visit.new_reference()
        row.unit_id = row.leader.unit_id
        row.save(update_fields=["reference", "unit"])


def list_areas(apps, schema_editor):
    row = apps.get_model("visits", "StudyArea")
    row.objects.bulk_create(row(name=name) for name in AREAS)


class Migration(migrations.Migration):
    """Investigations in full: places, problems, uses, with histories written once."""

    dependencies = [
        ('cadres', '0005_calendar_day_edited'),
        ('visits', '0035_data_requests'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='StudyArea',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=50, unique=True, verbose_name='name')),
                ('is_used', models.BooleanField(default=True, verbose_name='in use')),
            ],
            options={
                'verbose_name': 'subject area',
            },
        ),
        migrations.AddField(
            model_name='investigation',
            name='client_key',
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='investigation',
            name='ended_on',
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='investigation',
            name='ends_on',
            field=models.DateField(blank=True, null=True, verbose_name='to be finished by'),
        ),
        migrations.AddField(
            model_name='investigation',
            name='follow_up',
            field=models.CharField(blank=True, max_length=200, verbose_name='follow-up'),
        ),
        migrations.AddField(
            model_name='investigation',
            name='handed_to',
            field=models.CharField(blank=True, max_length=100, verbose_name='handed over to'),
        ),
        migrations.AddField(
            model_name='investigation',
            name='kind',
            field=models.CharField(blank=True, choices=[('strategic', 'Strategic'), ('problem', 'Problem-solving'), ('forward', 'Forward-looking'), ('tracking', 'Tracking'), ('case', 'Dissection of a case'), ('supervisory', 'Supervisory')], max_length=12, verbose_name='kind'),
        ),
        migrations.AddField(
            model_name='investigation',
            name='methods',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('visit', 'Visit'), ('seminar', 'Seminar'), ('interview', 'Interview'), ('questionnaire', 'Questionnaire'), ('stay', 'Stay at one place'), ('unannounced', 'Unannounced'), ('documents', 'Documents'), ('living', 'Living and working together')], max_length=13), blank=True, default=list, size=None, verbose_name='methods'),
        ),
        migrations.AddField(
            model_name='investigation',
            name='recorded_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='investigation',
            name='reference',
            field=models.CharField(editable=False, max_length=8, null=True),
        ),
        migrations.AddField(
            model_name='investigation',
            name='report',
            field=models.TextField(blank=True, max_length=1000, verbose_name='what came of it'),
        ),
        migrations.AddField(
            model_name='investigation',
            name='state',
            field=models.CharField(choices=[('open', 'Running'), ('finished', 'Finished'), ('handed_over', 'Handed over')], default='open', max_length=11, verbose_name='state'),
        ),
        migrations.AddField(
            model_name='investigation',
            name='talked_cadres',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='investigation',
            name='talked_experts',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='investigation',
            name='talked_firms',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='investigation',
            name='talked_residents',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='investigation',
            name='talked_units',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='investigation',
            name='unit',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='investigations', to='cadres.unit'),
        ),
        # Else the rows that are filled here have checks pending when the column changes.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RunPython(name_investigations, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='investigation',
            name='reference',
            field=models.CharField(default=visits.models.visit.new_reference, editable=False, max_length=8, unique=True),
        ),
        migrations.AlterField(
            model_name='investigation',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='investigations', to='cadres.unit'),
        ),
        migrations.AddField(
            model_name='investigation',
            name='unsettled',
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='investigation',
            name='version',
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        migrations.CreateModel(
            name='FindingUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('finding', models.CharField(max_length=300, verbose_name='finding')),
                ('where', models.CharField(max_length=200, verbose_name='where it is put to use')),
                ('used_on', models.DateField(blank=True, null=True, verbose_name='put to use on')),
                ('effect', models.CharField(blank=True, max_length=300, verbose_name='effect')),
                ('client_key', models.UUIDField(editable=False)),
                ('investigation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='visits.investigation')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'finding put to use',
            },
        ),
        migrations.CreateModel(
            name='InvestigationEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(choices=[('begin', 'Open the investigation'), ('change', 'Change the investigation'), ('choose_place', 'Choose a place'), ('drop_place', 'Take a place out'), ('plan_use', 'Plan to put a finding to use'), ('record_use', 'Record that a finding was put to use'), ('finish', 'Finish the investigation'), ('hand_over', 'Hand the investigation over'), ('reopen', 'Open the investigation again')], max_length=12)),
                ('from_state', models.CharField(blank=True, choices=[('open', 'Running'), ('finished', 'Finished'), ('handed_over', 'Handed over')], max_length=11)),
                ('to_state', models.CharField(choices=[('open', 'Running'), ('finished', 'Finished'), ('handed_over', 'Handed over')], max_length=11)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('record', models.JSONField(default=dict)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('investigation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='visits.investigation')),
                ('on_behalf_of', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cadres.cadre')),
            ],
        ),
        migrations.CreateModel(
            name='InvestigationPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=200, verbose_name='why this place')),
                ('is_warned', models.BooleanField(default=False, editable=False)),
                ('despite', models.CharField(blank=True, max_length=200, verbose_name='reason to go there all the same')),
                ('chosen_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('chosen_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('county', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cadres.district')),
                ('investigation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='places', to='visits.investigation')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cadres.district', verbose_name='place')),
                ('prefecture', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cadres.district')),
                ('province', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cadres.district')),
                ('township', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cadres.district')),
                ('village', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cadres.district')),
            ],
            options={
                'verbose_name': 'chosen place',
            },
        ),
        migrations.CreateModel(
            name='Problem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=visits.models.visit.new_reference, editable=False, max_length=8, unique=True)),
                ('text', models.CharField(max_length=300, verbose_name='problem')),
                ('root_cause', models.CharField(blank=True, max_length=500, verbose_name='root cause')),
                ('level', models.CharField(choices=[('own', 'Own level'), ('above', 'Root above')], max_length=5, verbose_name='where it can be solved')),
                ('measure', models.CharField(blank=True, max_length=500, verbose_name='measure')),
                ('lead_unit', models.CharField(blank=True, max_length=100, verbose_name='lead unit')),
                ('supporting', models.CharField(blank=True, max_length=200, verbose_name='supporting units')),
                ('person', models.CharField(blank=True, max_length=50, verbose_name='person in charge')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='deadline')),
                ('first_due_on', models.DateField(blank=True, editable=False, null=True)),
                ('state', models.CharField(choices=[('open', 'Open'), ('under_way', 'Measures under way'), ('passed_up', 'Passed upward'), ('answered', 'Answered from above'), ('settled', 'Settled'), ('handed_over', 'Handed over'), ('withdrawn', 'Withdrawn as entered by mistake')], max_length=11, verbose_name='state')),
                ('evidence', models.CharField(blank=True, max_length=500, verbose_name='evidence')),
                ('passed_on', models.DateField(blank=True, editable=False, null=True)),
                ('asked', models.CharField(blank=True, max_length=500, verbose_name='asked of it')),
                ('answer_kind', models.CharField(blank=True, choices=[('taken_on', 'Taken on there'), ('refused', 'Refused, with the reason'), ('advice', 'Advice')], max_length=8, verbose_name='kind of answer')),
                ('answer', models.CharField(blank=True, max_length=500, verbose_name='answer')),
                ('answered_on', models.DateField(blank=True, editable=False, null=True)),
                ('handed_to', models.CharField(blank=True, max_length=100, verbose_name='handed over to')),
                ('look_back_on', models.DateField(blank=True, null=True, verbose_name='look back on')),
                ('look_back', models.CharField(blank=True, choices=[('holds', 'It still holds'), ('fails', 'It no longer holds, or never did')], max_length=5, verbose_name='found on looking back')),
                ('look_back_text', models.CharField(blank=True, max_length=500)),
                ('looked_back_on', models.DateField(blank=True, editable=False, null=True)),
                ('client_key', models.UUIDField(editable=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('investigation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='problems', to='visits.investigation')),
                ('matter', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='problems', to='visits.matter')),
                ('passed_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='passed_up', to='cadres.unit', verbose_name='passed up to')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('supporting_units', models.ManyToManyField(blank=True, related_name='+', to='cadres.unit')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='problems', to='cadres.unit')),
            ],
            options={
                'verbose_name': 'problem',
            },
        ),
        migrations.CreateModel(
            name='ProblemEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(choices=[('record', 'Enter a problem'), ('change', 'Change the row'), ('start', 'Start the measure'), ('report', 'Add evidence'), ('put_off', 'Set a later date'), ('pass_up', 'Pass upward'), ('call_back', 'Take back from above'), ('answer', 'Answer what was passed up'), ('settle', 'Record as settled'), ('hand_over', 'Hand over'), ('look_back', 'Look back'), ('reopen', 'Reopen'), ('to_matter', 'Raise as an on-the-spot matter'), ('withdraw', 'Withdraw')], max_length=10)),
                ('from_state', models.CharField(blank=True, choices=[('open', 'Open'), ('under_way', 'Measures under way'), ('passed_up', 'Passed upward'), ('answered', 'Answered from above'), ('settled', 'Settled'), ('handed_over', 'Handed over'), ('withdrawn', 'Withdrawn as entered by mistake')], max_length=11)),
                ('to_state', models.CharField(choices=[('open', 'Open'), ('under_way', 'Measures under way'), ('passed_up', 'Passed upward'), ('answered', 'Answered from above'), ('settled', 'Settled'), ('handed_over', 'Handed over'), ('withdrawn', 'Withdrawn as entered by mistake')], max_length=11)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('acted_as', models.CharField(choices=[('leader', 'who leads the investigation'), ('unit', 'lead unit'), ('support', 'supporting unit'), ('above', 'unit above')], max_length=7)),
                ('record', models.JSONField(default=dict)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('problem', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='visits.problem')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cadres.unit')),
            ],
        ),
        migrations.AddField(
            model_name='investigation',
            name='area',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='investigations', to='visits.studyarea', verbose_name='subject area'),
        ),
        migrations.AddIndex(
            model_name='investigation',
            index=models.Index(fields=['opened_on', 'id'], name='investigation_by_day'),
        ),
        migrations.AddIndex(
            model_name='investigation',
            index=models.Index(fields=['leader', 'opened_on', 'id'], name='investigation_of_leader'),
        ),
        migrations.AddConstraint(
            model_name='investigation',
            constraint=models.UniqueConstraint(fields=('recorded_by', 'client_key'), name='investigation_sent_once_per_person'),
        ),
        migrations.AddConstraint(
            model_name='investigation',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['', 'strategic', 'problem', 'forward', 'tracking', 'case', 'supervisory']), ('methods__contained_by', ['visit', 'seminar', 'interview', 'questionnaire', 'stay', 'unannounced', 'documents', 'living']), ('state__in', ['open', 'finished', 'handed_over'])), name='investigation_known_words'),
        ),
        migrations.AddConstraint(
            model_name='investigation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_on__isnull', True), ('state', 'open')), models.Q(('ended_on__isnull', False), ('state__in', ('finished', 'handed_over')), ('unsettled', 0)), _connector='OR'), name='investigation_ended_with_nothing_unsettled', violation_error_message='A problem is not settled yet.'),
        ),
        migrations.AddConstraint(
            model_name='investigation',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'open'), models.Q(('state', 'finished'), models.Q(('report', ''), _negated=True)), models.Q(('state', 'handed_over'), models.Q(('handed_to', ''), _negated=True)), _connector='OR'), name='investigation_ended_with_words'),
        ),
        migrations.AddConstraint(
            model_name='investigation',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('opened_on')), _connector='OR'), name='investigation_begins_before_it_ends', violation_error_message='The end must lie after the beginning.'),
        ),
        migrations.AlterConstraint(
            model_name='investigation',
            name='investigation_topic_once_per_leader',
            constraint=models.UniqueConstraint(fields=('leader', 'topic'), name='investigation_topic_once_per_leader', violation_error_code='unique', violation_error_message='This leader has this topic already.'),
        ),
        migrations.AddConstraint(
            model_name='findinguse',
            constraint=models.UniqueConstraint(fields=('recorded_by', 'client_key'), name='finding_use_sent_once_per_person'),
        ),
        migrations.AddConstraint(
            model_name='findinguse',
            constraint=models.CheckConstraint(condition=models.Q(('effect', ''), ('used_on__isnull', False), _connector='OR'), name='finding_use_effect_once_used', violation_error_message='It has an effect once it is put to use.'),
        ),
        migrations.AddIndex(
            model_name='investigationevent',
            index=models.Index(fields=['investigation', 'id'], name='investigation_event_order'),
        ),
        migrations.AddIndex(
            model_name='investigationplace',
            index=models.Index(fields=['county', 'chosen_at'], name='chosen_county'),
        ),
        migrations.AddIndex(
            model_name='investigationplace',
            index=models.Index(fields=['township', 'chosen_at'], name='chosen_township'),
        ),
        migrations.AddIndex(
            model_name='investigationplace',
            index=models.Index(fields=['village', 'chosen_at'], name='chosen_village'),
        ),
        migrations.AddConstraint(
            model_name='investigationplace',
            constraint=models.UniqueConstraint(fields=('investigation', 'place'), name='investigation_place_once', violation_error_message='This place is chosen already.'),
        ),
        migrations.AddConstraint(
            model_name='investigationplace',
            constraint=models.CheckConstraint(condition=models.Q(('is_warned', False), models.Q(('despite', ''), _negated=True), _connector='OR'), name='investigation_place_warned_with_reason', violation_error_message='Say why to go there all the same.'),
        ),
        migrations.AddIndex(
            model_name='problem',
            index=models.Index(condition=models.Q(('state__in', ['open', 'under_way'])), fields=['due_on', 'id'], name='problem_open_by_limit'),
        ),
        migrations.AddIndex(
            model_name='problem',
            index=models.Index(condition=models.Q(('state', 'passed_up')), fields=['passed_to', 'passed_on', 'id'], name='problem_passed_up'),
        ),
        migrations.AddConstraint(
            model_name='problem',
            constraint=models.CheckConstraint(condition=models.Q(('answer_kind__in', ['', 'taken_on', 'refused', 'advice']), ('level__in', ['own', 'above']), ('look_back__in', ['', 'holds', 'fails']), ('state__in', ['open', 'under_way', 'passed_up', 'answered', 'settled', 'handed_over', 'withdrawn'])), name='problem_known_words'),
        ),
        migrations.AddConstraint(
            model_name='problem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'under_way'), _negated=True), ('matter__isnull', False), models.Q(models.Q(('measure', ''), _negated=True), models.Q(('lead_unit', ''), _negated=True), ('due_on__isnull', False)), _connector='OR'), name='problem_under_way_has_measure_unit_and_date', violation_error_message='Name the measure, the unit and the date.'),
        ),
        migrations.AddConstraint(
            model_name='problem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('due_on__isnull', True), ('first_due_on__isnull', True)), models.Q(('due_on__isnull', False), ('first_due_on__isnull', False)), _connector='OR'), name='problem_first_deadline_kept'),
        ),
        migrations.AddConstraint(
            model_name='problem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['passed_up', 'answered']), _negated=True), models.Q(('passed_on__isnull', False), ('passed_to__isnull', False), models.Q(('asked', ''), _negated=True)), _connector='OR'), name='problem_passed_up_to_a_unit'),
        ),
        migrations.AddConstraint(
            model_name='problem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'answered'), _negated=True), models.Q(('answered_on__isnull', False), models.Q(('answer', ''), _negated=True), models.Q(('answer_kind', ''), _negated=True)), _connector='OR'), name='problem_answered_in_words'),
        ),
        migrations.AddConstraint(
            model_name='problem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'settled'), _negated=True), models.Q(models.Q(('evidence', ''), _negated=True), ('look_back_on__isnull', False)), _connector='OR'), name='problem_settled_with_evidence_and_look_back'),
        ),
        migrations.AddConstraint(
            model_name='problem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'handed_over'), _negated=True), models.Q(('handed_to', ''), _negated=True), _connector='OR'), name='problem_handed_over_to_someone'),
        ),
        migrations.AddConstraint(
            model_name='problem',
            constraint=models.UniqueConstraint(fields=('recorded_by', 'client_key'), name='problem_sent_once_per_person'),
        ),
        migrations.AddIndex(
            model_name='problemevent',
            index=models.Index(fields=['problem', 'id'], name='problem_event_order'),
        ),
        migrations.RunPython(list_areas, migrations.RunPython.noop),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
