import django.db.models.deletion
from django.db import migrations, models

# A witness may be encrypted under a new key; nothing else of the history changes.
GUARD = """
CREATE FUNCTION refuse_rewriting_matters() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE'
    AND current_setting('grassroots.reseal', true) = 'on'
    AND OLD.sealed_witness IS NOT NULL
    AND NEW.sealed_witness IS NOT NULL
    AND (to_jsonb(NEW) - 'sealed_witness') = (to_jsonb(OLD) - 'sealed_witness')
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON visits_matterevent
  FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_matters();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON visits_matterevent
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
"""
UNGUARD = """
DROP TRIGGER append_only ON visits_matterevent;
DROP TRIGGER never_emptied ON visits_matterevent;
DROP FUNCTION refuse_rewriting_matters();
"""


class Migration(migrations.Migration):
    """What may never be true of a matter, and a history that is written once."""

    dependencies = [("visits", "0030_matters_keep_their_story")]
    operations = [
        migrations.AlterField(
            model_name="matter",
            name="decided_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decided",
                to="cadres.cadre",
                verbose_name="decided by",
            ),
        ),
        migrations.AddConstraint(
            model_name='matter',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['assigned', 'in_progress']), _negated=True), models.Q(('due_on__isnull', False), models.Q(('lead_unit', ''), _negated=True)), _connector='OR'), name='matter_assigned_has_unit_and_deadline', violation_error_message='Name the unit and the deadline, or mark it as settled on the spot.'),
        ),
        migrations.AddConstraint(
            model_name='matter',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['raised', 'withdrawn']), models.Q(('decision', ''), _negated=True), _connector='OR'), name='matter_decided_once_past_raised'),
        ),
        migrations.AddConstraint(
            model_name='matter',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('due_on__isnull', True), ('first_due_on__isnull', True)), models.Q(('due_on__isnull', False), ('first_due_on__isnull', False)), _connector='OR'), name='matter_first_deadline_kept'),
        ),
        migrations.AddConstraint(
            model_name='matter',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['confirmed', 'struck_off', 'looked_back']), _negated=True), models.Q(('heard__gte', 1), ('is_public', False), ('people_word', 'settled')), models.Q(('heard__gte', 2), ('is_public', True), ('people_word', 'settled')), _connector='OR'), name='matter_closed_by_the_peoples_word', violation_error_message='Only the people’s word closes it.'),
        ),
        migrations.AddConstraint(
            model_name='matter',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['struck_off', 'looked_back']), _negated=True), models.Q(('look_back_on__isnull', False), ('struck_off_on__isnull', False)), _connector='OR'), name='matter_struck_off_has_its_day'),
        ),
        migrations.AddConstraint(
            model_name='matter',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('letter__isnull', False), ('source', 'letter')), models.Q(models.Q(('source', 'letter'), _negated=True), ('stop__isnull', False)), _connector='OR'), name='matter_source_is_there'),
        ),
        migrations.AddConstraint(
            model_name='matter',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['raised', 'settled', 'assigned', 'in_progress', 'said_done', 'confirmed', 'struck_off', 'looked_back', 'reopened', 'withdrawn'])), name='matter_state_known'),
        ),
        migrations.AddConstraint(
            model_name='matter',
            constraint=models.UniqueConstraint(fields=('raised_by', 'client_key'), name='matter_sent_once_per_person'),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
