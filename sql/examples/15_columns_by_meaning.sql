-- name: Which columns hold positions?
-- TAP_SCHEMA describes every table and column, also by what a value means (UCD).
SELECT table_name, column_name, unit, ucd, description
FROM tap_schema.columns
WHERE ucd LIKE 'pos.eq.%'
ORDER BY table_name, column_name
