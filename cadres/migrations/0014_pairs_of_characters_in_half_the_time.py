from django.db import migrations

# The same pairs in the same order, so the indexes made with it stay right.
QUICKLY = """
CREATE OR REPLACE FUNCTION zh_bigrams(t text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  signs text[] := string_to_array(lower(t), NULL);
BEGIN
  RETURN ARRAY(
    SELECT a || b FROM unnest(signs[: cardinality(signs) - 1], signs[2 :]) AS pair (a, b)
    WHERE a || b !~ '[[:space:][:punct:]]'
  );
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("cadres", "0013_place_history")]

    operations = [migrations.RunSQL(QUICKLY, migrations.RunSQL.noop)]
