from importlib import import_module

import cadres.models.encrypted
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

feeds = import_module("cadres.migrations.0009_audit_log").feeds

# A letter forgets who wrote it once, when the archives have it as it stands, and wholly.
MASK = """
CREATE FUNCTION check_masking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.masked_at IS NOT DISTINCT FROM OLD.masked_at THEN
    RETURN NEW;
  END IF;
  IF OLD.masked_at IS NOT NULL
    OR NEW.state <> 'archived' OR NEW.is_sealed
    OR NOT EXISTS (
      SELECT FROM visits_archivecopy WHERE letter_id = OLD.id
        AND version = OLD.version AND acknowledged_at IS NOT NULL)
    OR EXISTS (SELECT FROM visits_pressurereport WHERE letter_id = OLD.id)
    OR EXISTS (
      SELECT FROM visits_petitioner WHERE letter_id = OLD.id AND identity IS NOT NULL)
    OR EXISTS (
      SELECT FROM visits_attachment WHERE letter_id = OLD.id
        AND shows_identity AND sealed_name IS NOT NULL)
    OR EXISTS (
      SELECT FROM visits_datarequest
        WHERE letter_id = OLD.id AND sealed_text IS NOT NULL)
  THEN
    RAISE EXCEPTION 'a letter is masked once, wholly, and after the archives have it'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER masked_once BEFORE UPDATE OF masked_at ON visits_letter
  FOR EACH ROW EXECUTE FUNCTION check_masking();
"""
UNMASK = """
DROP TRIGGER masked_once ON visits_letter;
DROP FUNCTION check_masking();
"""
# As in 0002, and: words that told who wrote are masked in the history, too, until the
# letter says that it is masked. No row, no key of a record and no other column changes.
HISTORY = """
CREATE OR REPLACE FUNCTION refuse_rewriting_history() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE'
    AND (to_jsonb(NEW) - 'record' - 'sealed_record')
      = (to_jsonb(OLD) - 'record' - 'sealed_record')
  THEN
    IF current_setting('grassroots.reseal', true) = 'on'
      AND NEW.sealed_record IS NOT NULL
      AND (NEW.record = OLD.record
        OR (OLD.sealed_record IS NULL AND OLD.record @> NEW.record))
    THEN
      RETURN NEW;
    END IF;
    IF current_setting('grassroots.mask', true) = 'on'
      AND (NEW.sealed_record IS NULL) = (OLD.sealed_record IS NULL)
      AND ARRAY(SELECT jsonb_object_keys(NEW.record))
        = ARRAY(SELECT jsonb_object_keys(OLD.record))
      AND EXISTS (
        SELECT FROM visits_letter l JOIN visits_archivecopy c ON c.letter_id = l.id
          WHERE l.id = OLD.letter_id AND l.state = 'archived' AND NOT l.is_sealed
            AND l.masked_at IS NULL
            AND c.version = l.version AND c.acknowledged_at IS NOT NULL)
    THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;
"""
KEPT_COPY = {
    "visits_archivecopy": (
        "casework", "visits.letter", "letter_id", "archive_copy",
        "name verified_at acknowledged_at",
    ),
}  # fmt: skip


class Migration(migrations.Migration):
    """Who wrote goes years after the end; the archive copy is made and proved before."""

    dependencies = [
        ('cadres', '0009_audit_log'),
        ('visits', '0014_letters_in_figures_are_filed'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ArchiveCopy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=50, unique=True, verbose_name='package')),
                ('sha256', models.CharField(max_length=64)),
                ('size', models.PositiveBigIntegerField()),
                ('key', models.PositiveIntegerField()),
                ('version', models.PositiveIntegerField()),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('verified_at', models.DateTimeField(blank=True, null=True)),
                ('receipt', models.CharField(blank=True, max_length=50, verbose_name='receipt of the archives')),
                ('acknowledged_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'archive copy',
            },
        ),
        migrations.AddField(
            model_name='letter',
            name='masked_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='petitioner',
            name='masked_name',
            field=models.CharField(db_default='', editable=False, max_length=50),
        ),
        migrations.AlterField(
            model_name='attachment',
            name='sealed_name',
            field=cadres.models.encrypted.SealedTexts(default=bytes, null=True),
        ),
        migrations.AlterField(
            model_name='attachment',
            name='state',
            field=models.CharField(choices=[('pending', 'Being checked'), ('clean', 'Checked'), ('refused', 'Refused by the virus check'), ('no_scan', 'Not scanned for viruses'), ('archived', 'In the archive copy alone')], default='pending', max_length=8),
        ),
        migrations.AlterField(
            model_name='datarequest',
            name='sealed_text',
            field=cadres.models.encrypted.SealedTexts(null=True),
        ),
        migrations.AlterField(
            model_name='letterdraft',
            name='step',
            field=models.CharField(choices=[('receive', 'Register'), ('forward', 'Forward'), ('assign', 'Assign'), ('propose', 'Propose to the leadership'), ('seal', 'Hand to the competent organ'), ('guide', 'Guide to the right way'), ('object', 'Object'), ('agree', 'Agree to the objection'), ('refuse', 'Refuse the objection'), ('accept', 'Accept, and give notice'), ('not_accept', 'Not accept, and give notice'), ('dispute', 'Put the dispute to the common superior'), ('name_unit', 'Name the unit in charge'), ('decide', 'Record the leadership’s decision'), ('inquire', 'Record an inquiry'), ('hear', 'Record a hearing'), ('mediate', 'Record a mediation'), ('extend', 'Extend'), ('answer', 'Issue the opinion'), ('reply', 'Reply to the suggestion'), ('ask_review', 'Record the request for review'), ('review', 'Give the review opinion'), ('ask_rereview', 'Record the request for re-review'), ('rereview', 'Give the re-review opinion'), ('close', 'Close'), ('supervise', 'Supervise'), ('help', 'Help or guide'), ('archive', 'Archive'), ('sort', 'Set the category'), ('split', 'Split off a second matter'), ('find_accusation', 'Seal as an accusation'), ('name_handler', 'Name the handler'), ('deliver', 'Record the delivery'), ('report_urgent', 'Report as urgent'), ('report_back', 'Report back to the petition office'), ('pause_for_hearing', 'Record a re-review hearing'), ('urge', 'Urge'), ('withdraw', 'Record that the petitioner withdraws'), ('not_take_up', 'Not take up a late request'), ('mark_urgent', 'Mark as urgent'), ('call_back', 'Record the call after the withdrawal'), ('hand_on', 'Hand to the successor of the dissolved unit'), ('correct', 'Correct the registration'), ('correct_people', 'Correct who wrote'), ('mask_identity', 'Who wrote is masked')], max_length=20),
        ),
        migrations.AlterField(
            model_name='letterevent',
            name='acted_as',
            field=models.CharField(choices=[('clerk', 'intake clerk'), ('office', 'petition officer'), ('sealer', 'seal officer'), ('unit', 'handling unit'), ('head', 'head of the handling unit'), ('superior', 'common superior'), ('reviewer', 'review officer'), ('admin', 'administrator of units'), ('above', 'organ above'), ('former', 'unit that handled it'), ('product', 'by itself, as set')], max_length=10),
        ),
        migrations.AlterField(
            model_name='letterevent',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='letterevent',
            name='step',
            field=models.CharField(choices=[('receive', 'Register'), ('forward', 'Forward'), ('assign', 'Assign'), ('propose', 'Propose to the leadership'), ('seal', 'Hand to the competent organ'), ('guide', 'Guide to the right way'), ('object', 'Object'), ('agree', 'Agree to the objection'), ('refuse', 'Refuse the objection'), ('accept', 'Accept, and give notice'), ('not_accept', 'Not accept, and give notice'), ('dispute', 'Put the dispute to the common superior'), ('name_unit', 'Name the unit in charge'), ('decide', 'Record the leadership’s decision'), ('inquire', 'Record an inquiry'), ('hear', 'Record a hearing'), ('mediate', 'Record a mediation'), ('extend', 'Extend'), ('answer', 'Issue the opinion'), ('reply', 'Reply to the suggestion'), ('ask_review', 'Record the request for review'), ('review', 'Give the review opinion'), ('ask_rereview', 'Record the request for re-review'), ('rereview', 'Give the re-review opinion'), ('close', 'Close'), ('supervise', 'Supervise'), ('help', 'Help or guide'), ('archive', 'Archive'), ('sort', 'Set the category'), ('split', 'Split off a second matter'), ('find_accusation', 'Seal as an accusation'), ('name_handler', 'Name the handler'), ('deliver', 'Record the delivery'), ('report_urgent', 'Report as urgent'), ('report_back', 'Report back to the petition office'), ('pause_for_hearing', 'Record a re-review hearing'), ('urge', 'Urge'), ('withdraw', 'Record that the petitioner withdraws'), ('not_take_up', 'Not take up a late request'), ('mark_urgent', 'Mark as urgent'), ('call_back', 'Record the call after the withdrawal'), ('hand_on', 'Hand to the successor of the dissolved unit'), ('correct', 'Correct the registration'), ('correct_people', 'Correct who wrote'), ('mask_identity', 'Who wrote is masked')], max_length=20),
        ),
        migrations.AlterField(
            model_name='petitioner',
            name='identity',
            field=cadres.models.encrypted.SealedTexts(null=True),
        ),
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(condition=models.Q(('is_sealed', False), ('masked_at__isnull', True), ('state', 'archived')), fields=['ended_on', 'id'], name='letter_to_mask'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sealed_name__isnull', False), models.Q(('state', 'archived'), _negated=True)), models.Q(('sealed_name__isnull', True), ('state', 'archived')), _connector='OR'), name='attachment_named_or_archived'),
        ),
        migrations.AddConstraint(
            model_name='letterevent',
            constraint=models.CheckConstraint(condition=models.Q(('by__isnull', False), ('acted_as', 'product'), _connector='OR'), name='letter_event_by_someone_or_itself'),
        ),
        migrations.AddConstraint(
            model_name='petitioner',
            constraint=models.CheckConstraint(condition=models.Q(('identity__isnull', True), ('masked_name', ''), _connector='OR'), name='petitioner_sealed_or_masked'),
        ),
        migrations.AddField(
            model_name='archivecopy',
            name='acknowledged_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='archivecopy',
            name='letter',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='archive_copies', to='visits.letter'),
        ),
        migrations.AddConstraint(
            model_name='archivecopy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('acknowledged_at__isnull', True), ('acknowledged_by__isnull', True), ('receipt', '')), models.Q(models.Q(('receipt', ''), _negated=True), ('acknowledged_at__isnull', False), ('acknowledged_by__isnull', False), ('verified_at__isnull', False)), _connector='OR'), name='archive_copy_acknowledged_once_verified'),
        ),
        migrations.RunSQL(MASK, UNMASK),
        # What 0002 allowed is in it, and what is new nobody asks for without the rest.
        migrations.RunSQL(HISTORY, migrations.RunSQL.noop),
        *feeds({}, KEPT_COPY),
    ]
