-- name: read_schemas
-- Schemas in the order in which they are shown.
select schema_name, description, utype from tap_schema.schemas order by schema_index nulls last, schema_name;

-- name: read_tables
-- Tables in the order in which they are shown.
select schema_name, table_name, table_type, utype, description
from tap_schema.tables order by table_index nulls last, table_name;

-- name: read_columns
-- Columns in the order in which they are shown.
select table_name, column_name, datatype, arraysize, xtype, unit, ucd, utype, description,
    indexed = 1, principal = 1, std = 1
from tap_schema.columns order by table_name, column_index nulls last, column_name;

-- name: read_keys
-- Foreign keys with their pairs of columns.
select k.key_id, k.from_table, k.target_table, array_agg(c.from_column order by c.from_column),
    array_agg(c.target_column order by c.from_column), k.description, k.utype
from tap_schema.keys as k join tap_schema.key_columns as c on c.key_id = k.key_id
group by k.key_id, k.from_table, k.target_table, k.description, k.utype
order by k.key_id;

-- name: read_storage
-- PostgreSQL's types of the columns of the relations that may be queried.
select n.nspname, c.relname, a.attname, format_type(a.atttypid, null)
from pg_attribute as a
join pg_class as c on c.oid = a.attrelid
join pg_namespace as n on n.oid = c.relnamespace
where n.nspname in ('tap_schema', 'caom2_ai_view') and a.attnum > 0 and not a.attisdropped;

-- name: read_maps
-- The current map of each kind.
select kind, mapID from caom2_ai_view.map where isCurrent = 1;
