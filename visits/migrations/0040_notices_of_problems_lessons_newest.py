import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Notices speak of problems; all lessons that are shared stand in one list."""

    dependencies = [
        ('cadres', '0007_incidents'),
        ('visits', '0039_petitioner_child'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='noticechoice',
            name='notice_choice_legal_stays_in_the_app',
        ),
        migrations.AddField(
            model_name='notice',
            name='problem',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='visits.problem'),
        ),
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('near_limit', 'A legal limit is near'), ('late', 'A legal limit has passed'), ('routed', 'A letter came to your unit'), ('decision', 'Something waits for your decision'), ('returned', 'A draft was sent back'), ('moved_earlier', 'A legal date moved to an earlier day'), ('urged', 'The petition office urges'), ('pressure', 'Pressure was reported'), ('target_near', 'An internal target is near'), ('target_late', 'An internal target has passed'), ('urgent', 'A letter was marked as urgent'), ('supervised', 'The petition office supervises a letter'), ('opinion', 'A review opinion was given'), ('reported', 'A unit has reported back'), ('call', 'A petitioner withdrew: someone else has to call'), ('unproven', 'A delivery is not proven yet'), ('to_close', 'The petitioner’s window is over: check and close'), ('taken_over', 'Letters of a dissolved unit came to yours'), ('left_behind', 'A dissolved unit’s letter cannot go on'), ('held', 'A matter was given into your hands as leader'), ('hold_near', 'The deadline of a leader-held matter is near'), ('hold_late', 'The deadline of a leader-held matter has passed'), ('recusal', 'Decide whether someone steps back'), ('vacant', 'Someone has stepped back; name who takes over'), ('matter_new', 'A matter came to your unit'), ('matter_waits', 'A matter waits for your decision'), ('matter_answer', 'A later date was decided on'), ('matter_back', 'A matter is reopened'), ('matter_near', 'The deadline of a matter is near'), ('matter_late', 'The deadline of a matter has passed'), ('matter_call', 'A matter was drawn for your call-back'), ('question_near', 'A promised answer is due soon'), ('question_late', 'A promised answer is late'), ('problem_up', 'A problem was passed up to your unit'), ('problem_reply', 'A problem was answered from above'), ('problem_new', 'A problem came to your unit'), ('problem_near', 'The deadline of a problem is near'), ('problem_late', 'The deadline of a problem has passed'), ('session_off', 'A reception session is cancelled'), ('session_moved', 'A reception session is moved'), ('session_lead', 'Another leader receives')], max_length=13),
        ),
        migrations.AlterField(
            model_name='noticechoice',
            name='kind',
            field=models.CharField(choices=[('near_limit', 'A legal limit is near'), ('late', 'A legal limit has passed'), ('routed', 'A letter came to your unit'), ('decision', 'Something waits for your decision'), ('returned', 'A draft was sent back'), ('moved_earlier', 'A legal date moved to an earlier day'), ('urged', 'The petition office urges'), ('pressure', 'Pressure was reported'), ('target_near', 'An internal target is near'), ('target_late', 'An internal target has passed'), ('urgent', 'A letter was marked as urgent'), ('supervised', 'The petition office supervises a letter'), ('opinion', 'A review opinion was given'), ('reported', 'A unit has reported back'), ('call', 'A petitioner withdrew: someone else has to call'), ('unproven', 'A delivery is not proven yet'), ('to_close', 'The petitioner’s window is over: check and close'), ('taken_over', 'Letters of a dissolved unit came to yours'), ('left_behind', 'A dissolved unit’s letter cannot go on'), ('held', 'A matter was given into your hands as leader'), ('hold_near', 'The deadline of a leader-held matter is near'), ('hold_late', 'The deadline of a leader-held matter has passed'), ('recusal', 'Decide whether someone steps back'), ('vacant', 'Someone has stepped back; name who takes over'), ('matter_new', 'A matter came to your unit'), ('matter_waits', 'A matter waits for your decision'), ('matter_answer', 'A later date was decided on'), ('matter_back', 'A matter is reopened'), ('matter_near', 'The deadline of a matter is near'), ('matter_late', 'The deadline of a matter has passed'), ('matter_call', 'A matter was drawn for your call-back'), ('question_near', 'A promised answer is due soon'), ('question_late', 'A promised answer is late'), ('problem_up', 'A problem was passed up to your unit'), ('problem_reply', 'A problem was answered from above'), ('problem_new', 'A problem came to your unit'), ('problem_near', 'The deadline of a problem is near'), ('problem_late', 'The deadline of a problem has passed'), ('session_off', 'A reception session is cancelled'), ('session_moved', 'A reception session is moved'), ('session_lead', 'Another leader receives')], max_length=13),
        ),
        migrations.AddIndex(
            model_name='lesson',
            index=models.Index(condition=models.Q(('shared_at__isnull', False)), fields=['-shared_at', '-id'], name='lesson_shared_newest'),
        ),
        migrations.AddConstraint(
            model_name='noticechoice',
            constraint=models.CheckConstraint(condition=models.Q(('channel', 'app'), ('kind__in', ['hold_near', 'matter_answer', 'matter_near', 'opinion', 'problem_near', 'problem_reply', 'question_near', 'reported', 'session_lead', 'taken_over', 'target_late', 'target_near']), _connector='OR'), name='notice_choice_legal_stays_in_the_app', violation_error_message='This kind always stands in the app.'),
        ),
    ]
