-- name: read_schemas
-- Schemas in the order in which they are shown.
select schema_name, description, utype from caom2_ai_view.tap_schemas order by schema_index nulls last, schema_name;

-- name: read_tables
-- Tables in the order in which they are shown.
select schema_name, table_name, table_type, utype, description
from caom2_ai_view.tap_tables order by table_index nulls last, table_name;

-- name: read_columns
-- Columns in the order in which they are shown.
select table_name, column_name, datatype, arraysize, xtype, unit, ucd, utype, description,
    indexed = 1, principal = 1, std = 1
from caom2_ai_view.tap_columns order by table_name, column_index nulls last, column_name;

-- name: read_keys
-- Foreign keys with their pairs of columns.
select k.key_id, k.from_table, k.target_table, array_agg(c.from_column order by c.from_column),
    array_agg(c.target_column order by c.from_column), k.description, k.utype
from caom2_ai_view.tap_keys as k join caom2_ai_view.tap_key_columns as c on c.key_id = k.key_id
group by k.key_id, k.from_table, k.target_table, k.description, k.utype
order by k.key_id;

-- name: read_storage
-- PostgreSQL's types of the columns of the relations that may be queried.
select n.nspname, c.relname, a.attname, format_type(a.atttypid, null)
from pg_attribute as a
join pg_class as c on c.oid = a.attrelid
join pg_namespace as n on n.oid = c.relnamespace
where n.nspname = 'caom2_ai_view' and a.attnum > 0 and not a.attisdropped;

-- name: read_maps
-- The current map of each kind.
select kind, mapID from caom2_ai_view.map where isCurrent = 1;

-- name: read_twins
-- Comments on columns of the views: they may say which column is the index twin of what users see.
select c.relname, a.attname, d.description
from pg_description as d
join pg_attribute as a on a.attrelid = d.objoid and a.attnum = d.objsubid
join pg_class as c on c.oid = a.attrelid
where d.classoid = 'pg_class'::regclass and c.relnamespace = 'caom2_ai_view'::regnamespace;
