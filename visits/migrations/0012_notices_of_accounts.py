import django.db.models.deletion
from django.db import migrations, models

# Who has never signed in has nobody to be warned of: what came before is the account.
TELL = """
CREATE FUNCTION tell_of_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO visits_notice (account_id, kind, key, account_event_id, at)
  SELECT id, 'account', 'account:' || NEW.id, NEW.id, NEW.at FROM cadres_account
    WHERE id = NEW.account_id AND last_login IS NOT NULL AND NEW.kind NOT IN
      ('opened', 'closed', 'invitation_ended', 'factor_renamed', 'signed_out')
  UNION ALL
  SELECT told, 'factor_reset', 'account:' || NEW.id, NEW.id, NEW.at
    FROM unnest(NEW.also_told) AS told;
  RETURN NULL;
END $$;
CREATE TRIGGER told AFTER INSERT ON cadres_accountevent
  FOR EACH ROW EXECUTE FUNCTION tell_of_account();
"""
UNTELL = """
DROP TRIGGER told ON cadres_accountevent;
DROP FUNCTION tell_of_account();
"""


class Migration(migrations.Migration):
    """What happens to an account is told to its person by the database itself: no act
    can forget it, and `cadres`, which writes the history, knows of no notices.
    """

    dependencies = [
        ('cadres', '0011_told_events'),
        ('visits', '0011_audit_log_leaves_as_file'),
    ]

    operations = [
        migrations.AddField(
            model_name='notice',
            name='account_event',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cadres.accountevent'),
        ),
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('near_limit', 'A legal limit is near'), ('late', 'A legal limit has passed'), ('routed', 'A letter came to your unit'), ('decision', 'Something waits for your decision'), ('returned', 'A draft was sent back'), ('moved_earlier', 'A legal date moved to an earlier day'), ('urged', 'The petition office urges'), ('pressure', 'Pressure was reported'), ('target_near', 'An internal target is near'), ('target_late', 'An internal target has passed'), ('urgent', 'A letter was marked as urgent'), ('supervised', 'The petition office supervises a letter'), ('opinion', 'A review opinion was given'), ('reported', 'A unit has reported back'), ('call', 'A petitioner withdrew: someone else has to call'), ('unproven', 'A delivery is not proven yet'), ('to_close', 'The petitioner’s window is over: check and close'), ('taken_over', 'Letters of a dissolved unit came to yours'), ('left_behind', 'A dissolved unit’s letter cannot go on'), ('held', 'A matter was given into your hands as leader'), ('hold_near', 'The deadline of a leader-held matter is near'), ('hold_late', 'The deadline of a leader-held matter has passed'), ('recusal', 'Decide whether someone steps back'), ('vacant', 'Someone has stepped back; name who takes over'), ('matter_new', 'A matter came to your unit'), ('matter_waits', 'A matter waits for your decision'), ('matter_answer', 'A later date was decided on'), ('matter_back', 'A matter is reopened'), ('matter_near', 'The deadline of a matter is near'), ('matter_late', 'The deadline of a matter has passed'), ('matter_call', 'A matter was drawn for your call-back'), ('question_near', 'A promised answer is due soon'), ('question_late', 'A promised answer is late'), ('problem_up', 'A problem was passed up to your unit'), ('problem_reply', 'A problem was answered from above'), ('problem_new', 'A problem came to your unit'), ('problem_near', 'The deadline of a problem is near'), ('problem_late', 'The deadline of a problem has passed'), ('session_off', 'A reception session is cancelled'), ('session_moved', 'A reception session is moved'), ('session_lead', 'Another leader receives'), ('export_ready', 'Your export is ready'), ('export_failed', 'Your export could not be made'), ('export_let', 'A report or list was exported with your approval'), ('account', 'Something changed in your sign-in, account or roles'), ('factor_reset', 'A reset of someone’s second factor')], max_length=13),
        ),
        migrations.AlterField(
            model_name='noticechoice',
            name='kind',
            field=models.CharField(choices=[('near_limit', 'A legal limit is near'), ('late', 'A legal limit has passed'), ('routed', 'A letter came to your unit'), ('decision', 'Something waits for your decision'), ('returned', 'A draft was sent back'), ('moved_earlier', 'A legal date moved to an earlier day'), ('urged', 'The petition office urges'), ('pressure', 'Pressure was reported'), ('target_near', 'An internal target is near'), ('target_late', 'An internal target has passed'), ('urgent', 'A letter was marked as urgent'), ('supervised', 'The petition office supervises a letter'), ('opinion', 'A review opinion was given'), ('reported', 'A unit has reported back'), ('call', 'A petitioner withdrew: someone else has to call'), ('unproven', 'A delivery is not proven yet'), ('to_close', 'The petitioner’s window is over: check and close'), ('taken_over', 'Letters of a dissolved unit came to yours'), ('left_behind', 'A dissolved unit’s letter cannot go on'), ('held', 'A matter was given into your hands as leader'), ('hold_near', 'The deadline of a leader-held matter is near'), ('hold_late', 'The deadline of a leader-held matter has passed'), ('recusal', 'Decide whether someone steps back'), ('vacant', 'Someone has stepped back; name who takes over'), ('matter_new', 'A matter came to your unit'), ('matter_waits', 'A matter waits for your decision'), ('matter_answer', 'A later date was decided on'), ('matter_back', 'A matter is reopened'), ('matter_near', 'The deadline of a matter is near'), ('matter_late', 'The deadline of a matter has passed'), ('matter_call', 'A matter was drawn for your call-back'), ('question_near', 'A promised answer is due soon'), ('question_late', 'A promised answer is late'), ('problem_up', 'A problem was passed up to your unit'), ('problem_reply', 'A problem was answered from above'), ('problem_new', 'A problem came to your unit'), ('problem_near', 'The deadline of a problem is near'), ('problem_late', 'The deadline of a problem has passed'), ('session_off', 'A reception session is cancelled'), ('session_moved', 'A reception session is moved'), ('session_lead', 'Another leader receives'), ('export_ready', 'Your export is ready'), ('export_failed', 'Your export could not be made'), ('export_let', 'A report or list was exported with your approval'), ('account', 'Something changed in your sign-in, account or roles'), ('factor_reset', 'A reset of someone’s second factor')], max_length=13),
        ),
        migrations.RunSQL(TELL, UNTELL),
    ]
