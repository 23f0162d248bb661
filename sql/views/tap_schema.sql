-- TAP_SCHEMA as the service has it: of what an archive describes, that which the views here show. Whatever an
-- archive's own tables of TAP_SCHEMA have besides is left out.
create view caom2_ai_view.tap_columns as
select
    c.table_name, c.column_name, c.datatype, c.arraysize, c.xtype, c."size", c.description, c.utype, c.unit, c.ucd,
    c.indexed, c.principal, c.std, c.column_index
from tap_schema.columns c
join pg_class r
    on r.relname = case split_part(c.table_name, '.', 1) when 'tap_schema' then 'tap_' else '' end
        || lower(split_part(c.table_name, '.', 2))
join pg_attribute a on a.attrelid = r.oid and a.attname = lower(btrim(c.column_name, '"')) and a.attnum > 0
where r.relnamespace = 'caom2_ai_view'::regnamespace
    and split_part(c.table_name, '.', 1) in ('caom2', 'caom2_ai', 'ivoa', 'tap_schema');

create view caom2_ai_view.tap_tables as
select t.schema_name, t.table_name, t.table_type, t.utype, t.description, t.table_index
from tap_schema.tables t
where t.table_name in (select c.table_name from caom2_ai_view.tap_columns c);

create view caom2_ai_view.tap_schemas as
select s.schema_name, s.utype, s.description, s.schema_index
from tap_schema.schemas s
where s.schema_name in (select t.schema_name from caom2_ai_view.tap_tables t);

create view caom2_ai_view.tap_keys as
select k.key_id, k.from_table, k.target_table, k.description, k.utype
from tap_schema.keys k
where not exists (
    select
    from tap_schema.key_columns c
    where c.key_id = k.key_id and not (
        (k.from_table, c.from_column) in (select d.table_name, d.column_name from caom2_ai_view.tap_columns d)
        and (k.target_table, c.target_column) in (select d.table_name, d.column_name from caom2_ai_view.tap_columns d)
    )
);

-- In an order, because clients compare the pairs of a key one by one with those of /tables.
create view caom2_ai_view.tap_key_columns as
select c.key_id, c.from_column, c.target_column
from tap_schema.key_columns c
where c.key_id in (select k.key_id from caom2_ai_view.tap_keys k)
order by c.key_id, c.from_column;
