"""Keeps error_counts in step with error_log: a statement trigger adds up what each INSERT really stored."""

from django.db import migrations

CREATE = """
CREATE FUNCTION error_log_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO error_counts AS counts (station_id, severity, total)
    SELECT station_id, severity, count(*) FROM stored GROUP BY station_id, severity ORDER BY station_id, severity
    ON CONFLICT (station_id, severity) DO UPDATE SET total = counts.total + EXCLUDED.total;
    RETURN NULL;
END
$$;
CREATE TRIGGER error_log_counted AFTER INSERT ON error_log
REFERENCING NEW TABLE AS stored FOR EACH STATEMENT EXECUTE FUNCTION error_log_counted();
INSERT INTO error_counts (station_id, severity, total)
SELECT station_id, severity, count(*) FROM error_log GROUP BY station_id, severity;
"""
DROP = """
DROP TRIGGER error_log_counted ON error_log;
DROP FUNCTION error_log_counted();
"""


class Migration(migrations.Migration):
    dependencies = [("analytics", "0001_initial"), ("streaming", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
