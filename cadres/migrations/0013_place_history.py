from django.db import migrations

# Lists of places come by the thousand: what is new has its entry as one load; what
# changes of a place that stood there, and what became of it, has one of its own.
TRIGGERS = """
CREATE TRIGGER audited AFTER UPDATE ON cadres_district FOR EACH ROW
  WHEN ((OLD.code, OLD.name, OLD.kind, OLD.parent_id, OLD.managed_by_id,
      OLD.valid_from, OLD.valid_to)
    IS DISTINCT FROM (NEW.code, NEW.name, NEW.kind, NEW.parent_id, NEW.managed_by_id,
      NEW.valid_from, NEW.valid_to))
  EXECUTE FUNCTION audit_change('register', 'cadres.district', 'id', '',
    'code name kind parent_id managed_by_id valid_from valid_to');
CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON cadres_succession
  FOR EACH ROW EXECUTE FUNCTION audit_change('register', 'cadres.district',
    'predecessor_id', 'became', 'successor_id reason on');
CREATE TRIGGER audited_heir AFTER INSERT OR UPDATE OR DELETE ON cadres_succession
  FOR EACH ROW EXECUTE FUNCTION audit_change('register', 'cadres.district',
    'successor_id', 'came_from', 'predecessor_id reason on');
"""
NONE = """
DROP TRIGGER audited_heir ON cadres_succession;
DROP TRIGGER audited ON cadres_succession;
DROP TRIGGER audited ON cadres_district;
"""


class Migration(migrations.Migration):
    """A place has its history on its page, as officials and units have."""

    dependencies = [("cadres", "0012_factor_resets")]
    operations = [migrations.RunSQL(TRIGGERS, NONE)]
