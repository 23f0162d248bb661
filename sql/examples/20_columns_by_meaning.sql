-- name: Which columns hold positions?
-- group: The archive
-- TAP_SCHEMA describes every table and column, also by what a value means (UCD). Ask it for the words of a description when you do not
-- know where something is.
SELECT table_name, column_name, unit, ucd, description
FROM tap_schema.columns
WHERE ucd LIKE 'pos.eq.%'
ORDER BY table_name, column_name
