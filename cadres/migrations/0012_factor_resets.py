import datetime
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """A second factor is reset by two people, and neither of them is its owner."""

    dependencies = [
        ('cadres', '0011_told_events'),
    ]

    operations = [
        migrations.AlterField(
            model_name='accountevent',
            name='kind',
            field=models.CharField(choices=[('opened', 'Account opened'), ('changed', 'Account changed'), ('closed', 'Account closed'), ('reopened', 'Account reopened'), ('password_reset', 'Password reset'), ('password_set', 'Password set by the person'), ('invited', 'Invitation made'), ('invitation_ended', 'Invitation withdrawn'), ('factor_added', 'Second factor added'), ('factor_removed', 'Second factor removed'), ('reset_asked', 'Reset of the second factors asked for'), ('reset_refused', 'Reset of the second factors refused'), ('factor_reset', 'Second factors reset'), ('factor_renamed', 'Second factor renamed'), ('codes_made', 'Recovery codes made'), ('code_used', 'A recovery code was used'), ('unusual_sign_in', 'Sign-in from a new device or place'), ('sign_in_locked', 'Sign-in locked after wrong passwords'), ('half_way', 'Right password, wrong code, on a new device'), ('signed_out', 'Signed out everywhere'), ('role_granted', 'Role given'), ('role_ended', 'Role ended'), ('mandate_given', 'Mandate given'), ('mandate_ended', 'Mandate ended')], max_length=20),
        ),
        migrations.CreateModel(
            name='FactorReset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField()),
                ('outcome', models.CharField(blank=True, choices=[('confirmed', 'confirmed'), ('refused', 'refused'), ('lapsed', 'lapsed')], max_length=9)),
                ('decided_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'reset of second factors',
                'constraints': [models.UniqueConstraint(condition=models.Q(('outcome', '')), fields=('account',), name='factor_reset_one_open'), models.CheckConstraint(condition=models.Q(models.Q(('asked_by', models.F('account')), _negated=True), models.Q(('decided_by', models.F('account')), _negated=True), models.Q(('decided_by', models.F('asked_by')), _negated=True)), name='factor_reset_by_two_others'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__gte', models.F('asked_at')), ('decided_at__lt', django.db.models.expressions.CombinedExpression(models.F('asked_at'), '+', models.Value(datetime.timedelta(days=1)))), ('decided_by__isnull', False), ('outcome__in', ['confirmed', 'refused'])), models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('outcome__in', ['', 'lapsed'])), _connector='OR'), name='factor_reset_decided_within_a_day')],
            },
        ),
    ]
