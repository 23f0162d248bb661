-- TAP_SCHEMA describes itself (TAP 1.1 sect. 4). Idempotent.
delete from tap_schema.key_columns where key_id in (
    select key_id from tap_schema.keys where from_table like 'tap\_schema.%'
);
delete from tap_schema.keys where from_table like 'tap\_schema.%';
delete from tap_schema.columns where table_name like 'tap\_schema.%';
delete from tap_schema.tables where schema_name = 'tap_schema';
delete from tap_schema.schemas where schema_name = 'tap_schema';

insert into tap_schema.schemas (schema_name, description, schema_index) values
    ('tap_schema', 'The tables, columns and keys of this service (TAP 1.1)', 4);

insert into tap_schema.tables (schema_name, table_name, table_type, description, table_index) values
    ('tap_schema', 'tap_schema.schemas', 'table', 'Schemas that can be queried', 31),
    ('tap_schema', 'tap_schema.tables', 'table', 'Tables that can be queried', 32),
    ('tap_schema', 'tap_schema.columns', 'table', 'Columns that can be queried', 33),
    ('tap_schema', 'tap_schema.keys', 'table', 'Foreign keys', 34),
    ('tap_schema', 'tap_schema.key_columns', 'table', 'Pairs of columns of the foreign keys', 35);

insert into tap_schema.columns (
    table_name, column_index, column_name, datatype, arraysize, ucd, indexed, principal, std, description
) values
    ('tap_schema.schemas', 1, 'schema_name', 'char', '*', 'meta.id', 1, 1, 1, 'name of the schema'),
    ('tap_schema.schemas', 2, 'utype', 'char', '*', 'meta.code', 0, 0, 1, 'UTYPE of the schema''s data model'),
    ('tap_schema.schemas', 3, 'description', 'unicodeChar', '*', 'meta.note', 0, 1, 1, 'what the schema holds'),
    ('tap_schema.schemas', 4, 'schema_index', 'int', null, 'meta.number', 0, 0, 1, 'order in which schemas are shown'),
    ('tap_schema.tables', 1, 'schema_name', 'char', '*', 'meta.id', 0, 1, 1, 'schema of the table'),
    ('tap_schema.tables', 2, 'table_name', 'char', '*', 'meta.id;meta.table', 1, 1, 1, 'name of the table as written in a query'),
    ('tap_schema.tables', 3, 'table_type', 'char', '*', 'meta.code.class', 0, 0, 1, 'table or view'),
    ('tap_schema.tables', 4, 'utype', 'char', '*', 'meta.code', 0, 0, 1, 'UTYPE of the table'),
    ('tap_schema.tables', 5, 'description', 'unicodeChar', '*', 'meta.note', 0, 1, 1, 'what the table holds'),
    ('tap_schema.tables', 6, 'table_index', 'int', null, 'meta.number', 0, 0, 1, 'order in which tables are shown'),
    ('tap_schema.columns', 1, 'table_name', 'char', '*', 'meta.id;meta.table', 1, 1, 1, 'table of the column'),
    ('tap_schema.columns', 2, 'column_name', 'char', '*', 'meta.id', 0, 1, 1, 'name of the column as written in a query'),
    ('tap_schema.columns', 3, 'datatype', 'char', '*', 'meta.code.class', 0, 1, 1, 'VOTable datatype'),
    ('tap_schema.columns', 4, 'arraysize', 'char', '*', 'meta.code', 0, 0, 1, 'VOTable arraysize'),
    ('tap_schema.columns', 5, 'xtype', 'char', '*', 'meta.code.class', 0, 0, 1, 'VOTable xtype'),
    ('tap_schema.columns', 6, '"size"', 'int', null, 'meta.number', 0, 0, 1, 'length of text or array, if it is one number'),
    ('tap_schema.columns', 7, 'description', 'unicodeChar', '*', 'meta.note', 0, 1, 1, 'what the column holds'),
    ('tap_schema.columns', 8, 'utype', 'char', '*', 'meta.code', 0, 0, 1, 'UTYPE of the column'),
    ('tap_schema.columns', 9, 'unit', 'char', '*', 'meta.unit', 0, 1, 1, 'unit (VOUnit)'),
    ('tap_schema.columns', 10, 'ucd', 'char', '*', 'meta.ucd', 0, 1, 1, 'UCD'),
    ('tap_schema.columns', 11, 'indexed', 'int', null, 'meta.code', 0, 0, 1, '1 if the column has an index'),
    ('tap_schema.columns', 12, 'principal', 'int', null, 'meta.code', 0, 0, 1, '1 if the column is shown at first'),
    ('tap_schema.columns', 13, 'std', 'int', null, 'meta.code', 0, 0, 1, '1 if a standard defines the column'),
    ('tap_schema.columns', 14, 'column_index', 'int', null, 'meta.number', 0, 0, 1, 'order in which columns are shown'),
    ('tap_schema.keys', 1, 'key_id', 'char', '*', 'meta.id', 1, 1, 1, 'identifier of the key'),
    ('tap_schema.keys', 2, 'from_table', 'char', '*', 'meta.id;meta.table', 0, 1, 1, 'table that refers'),
    ('tap_schema.keys', 3, 'target_table', 'char', '*', 'meta.id;meta.table', 0, 1, 1, 'table referred to'),
    ('tap_schema.keys', 4, 'description', 'unicodeChar', '*', 'meta.note', 0, 1, 1, 'what the key means'),
    ('tap_schema.keys', 5, 'utype', 'char', '*', 'meta.code', 0, 0, 1, 'UTYPE of the key'),
    ('tap_schema.key_columns', 1, 'key_id', 'char', '*', 'meta.id', 1, 1, 1, 'identifier of the key'),
    ('tap_schema.key_columns', 2, 'from_column', 'char', '*', 'meta.id', 0, 1, 1, 'column that refers'),
    ('tap_schema.key_columns', 3, 'target_column', 'char', '*', 'meta.id', 0, 1, 1, 'column referred to');

insert into tap_schema.keys (key_id, from_table, target_table, description) values
    ('tap_schema_tables_schema_name', 'tap_schema.tables', 'tap_schema.schemas', 'the schema of a table'),
    ('tap_schema_columns_table_name', 'tap_schema.columns', 'tap_schema.tables', 'the table of a column'),
    ('tap_schema_keys_from_table', 'tap_schema.keys', 'tap_schema.tables', 'the table that refers'),
    ('tap_schema_keys_target_table', 'tap_schema.keys', 'tap_schema.tables', 'the table referred to'),
    ('tap_schema_key_columns_key_id', 'tap_schema.key_columns', 'tap_schema.keys', 'the key of a pair of columns');

insert into tap_schema.key_columns (key_id, from_column, target_column) values
    ('tap_schema_tables_schema_name', 'schema_name', 'schema_name'),
    ('tap_schema_columns_table_name', 'table_name', 'table_name'),
    ('tap_schema_keys_from_table', 'from_table', 'table_name'),
    ('tap_schema_keys_target_table', 'target_table', 'table_name'),
    ('tap_schema_key_columns_key_id', 'key_id', 'key_id');
