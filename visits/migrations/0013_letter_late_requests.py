from django.db import migrations, models


class Migration(migrations.Migration):
    """That a late request is not taken up is a step, with its reasons."""

    dependencies = [
        ('visits', '0012_letter_draft_lapsed'),
    ]

    operations = [
        migrations.AlterField(
            model_name='letterdraft',
            name='step',
            field=models.CharField(choices=[('receive', 'Register'), ('forward', 'Forward'), ('assign', 'Assign'), ('propose', 'Propose to the leadership'), ('seal', 'Hand to the competent organ'), ('guide', 'Guide to the right way'), ('object', 'Object'), ('agree', 'Agree to the objection'), ('refuse', 'Refuse the objection'), ('accept', 'Accept, and give notice'), ('not_accept', 'Not accept, and give notice'), ('dispute', 'Put the dispute to the common superior'), ('name_unit', 'Name the unit in charge'), ('decide', 'Record the leadership’s decision'), ('inquire', 'Record an inquiry'), ('hear', 'Record a hearing'), ('mediate', 'Record a mediation'), ('extend', 'Extend'), ('answer', 'Issue the opinion'), ('reply', 'Reply to the suggestion'), ('ask_review', 'Record the request for review'), ('review', 'Give the review opinion'), ('ask_rereview', 'Record the request for re-review'), ('rereview', 'Give the re-review opinion'), ('close', 'Close'), ('supervise', 'Supervise'), ('help', 'Help or guide'), ('archive', 'Archive'), ('sort', 'Set the category'), ('split', 'Split off a second matter'), ('name_handler', 'Name the handler'), ('deliver', 'Record the delivery'), ('report_urgent', 'Report as urgent'), ('report_back', 'Report back to the petition office'), ('pause_for_hearing', 'Record a re-review hearing'), ('urge', 'Urge'), ('withdraw', 'Record that the petitioner withdraws'), ('not_take_up', 'Not take up a late request')], max_length=20),
        ),
        migrations.AlterField(
            model_name='letterevent',
            name='step',
            field=models.CharField(choices=[('receive', 'Register'), ('forward', 'Forward'), ('assign', 'Assign'), ('propose', 'Propose to the leadership'), ('seal', 'Hand to the competent organ'), ('guide', 'Guide to the right way'), ('object', 'Object'), ('agree', 'Agree to the objection'), ('refuse', 'Refuse the objection'), ('accept', 'Accept, and give notice'), ('not_accept', 'Not accept, and give notice'), ('dispute', 'Put the dispute to the common superior'), ('name_unit', 'Name the unit in charge'), ('decide', 'Record the leadership’s decision'), ('inquire', 'Record an inquiry'), ('hear', 'Record a hearing'), ('mediate', 'Record a mediation'), ('extend', 'Extend'), ('answer', 'Issue the opinion'), ('reply', 'Reply to the suggestion'), ('ask_review', 'Record the request for review'), ('review', 'Give the review opinion'), ('ask_rereview', 'Record the request for re-review'), ('rereview', 'Give the re-review opinion'), ('close', 'Close'), ('supervise', 'Supervise'), ('help', 'Help or guide'), ('archive', 'Archive'), ('sort', 'Set the category'), ('split', 'Split off a second matter'), ('name_handler', 'Name the handler'), ('deliver', 'Record the delivery'), ('report_urgent', 'Report as urgent'), ('report_back', 'Report back to the petition office'), ('pause_for_hearing', 'Record a re-review hearing'), ('urge', 'Urge'), ('withdraw', 'Record that the petitioner withdraws'), ('not_take_up', 'Not take up a late request')], max_length=20),
        ),
    ]
