import django.contrib.postgres.fields
from django.db import migrations, models

# As in 0009; what was tried at the sign-in is in the audit log as that already.
BEFORE = (
    "opened", "changed", "closed", "reopened", "role_granted", "role_ended",
    "mandate_given", "mandate_ended",
)  # fmt: skip
NOW = (*BEFORE, "sign_in_locked", "half_way")
AUDITED = """
DROP TRIGGER audited ON cadres_accountevent;
CREATE TRIGGER audited AFTER INSERT ON cadres_accountevent FOR EACH ROW
  WHEN (NEW.kind NOT IN {})
  EXECUTE FUNCTION audit_event('account', 'cadres.account', 'account_id', 'kind', '');
"""


class Migration(migrations.Migration):
    """More of what happens to an account stands in its history, to be told."""

    dependencies = [
        ('cadres', '0010_audit_head_once'),
    ]

    operations = [
        migrations.AddField(
            model_name='accountevent',
            name='also_told',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), db_default=[], default=list, size=None),
        ),
        migrations.AlterField(
            model_name='accountevent',
            name='kind',
            field=models.CharField(choices=[('opened', 'Account opened'), ('changed', 'Account changed'), ('closed', 'Account closed'), ('reopened', 'Account reopened'), ('password_reset', 'Password reset'), ('password_set', 'Password set by the person'), ('invited', 'Invitation made'), ('invitation_ended', 'Invitation withdrawn'), ('factor_added', 'Second factor added'), ('factor_removed', 'Second factor removed'), ('factor_reset', 'Second factors reset by the administrator'), ('factor_renamed', 'Second factor renamed'), ('codes_made', 'Recovery codes made'), ('code_used', 'A recovery code was used'), ('unusual_sign_in', 'Sign-in from a new device or place'), ('sign_in_locked', 'Sign-in locked after wrong passwords'), ('half_way', 'Right password, wrong code, on a new device'), ('signed_out', 'Signed out everywhere'), ('role_granted', 'Role given'), ('role_ended', 'Role ended'), ('mandate_given', 'Mandate given'), ('mandate_ended', 'Mandate ended')], max_length=20),
        ),
        migrations.RunSQL(AUDITED.format(NOW), AUDITED.format(BEFORE)),
    ]
