from django.db import migrations

# The lead of the visit decided; a deadline is the first; what was settled on the spot
# is said to be done, and waits for the people's word like all others.
FILL = """
UPDATE visits_matter SET
  decided_by_id = lead.official_id,
  raised_by_id = visit.logged_by_id,
  first_due_on = visits_matter.due_on,
  unit_word = CASE WHEN visits_matter.state = 'settled' THEN 'done' ELSE '' END
FROM visits_stop stop
JOIN visits_visit visit ON visit.id = stop.visit_id
JOIN visits_visitofficial lead ON lead.visit_id = visit.id AND lead.part = 'lead'
WHERE stop.id = visits_matter.stop_id;
UPDATE visits_matter SET due_on = NULL, first_due_on = NULL
WHERE state = 'settled' AND due_on IS NOT NULL;
INSERT INTO visits_matterevent
  (matter_id, seal_id, step, from_state, to_state, "on", at, by_id, acted_as, record)
SELECT matter.id, gen_random_uuid(), 'raise', '', matter.state, matter.raised_on,
  coalesce(visit.logged_at, visit.ends_at),
  coalesce(visit.logged_by_id, visit.planned_by_id), 'decider',
  jsonb_strip_nulls(jsonb_build_object(
    'subject', matter.subject, 'decision', matter.decision,
    'lead_unit', nullif(matter.lead_unit, ''), 'due_on', matter.due_on))
FROM visits_matter matter
JOIN visits_stop stop ON stop.id = matter.stop_id
JOIN visits_visit visit ON visit.id = stop.visit_id;
"""
BACK = "DELETE FROM visits_matterevent"


class Migration(migrations.Migration):
    """Matters that were entries of a log get who decided them, and a first event."""

    dependencies = [("visits", "0029_matter_of_its_own")]
    operations = [migrations.RunSQL(FILL, BACK)]
