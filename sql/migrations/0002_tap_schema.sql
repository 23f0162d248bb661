-- TAP_SCHEMA of TAP 1.1 (sect. 4). An archive's own tables of these names are kept as they are.
create schema if not exists tap_schema;

create table if not exists tap_schema.schemas (
    schema_name text primary key,
    utype text,
    description text,
    schema_index integer
);

create table if not exists tap_schema.tables (
    schema_name text not null references tap_schema.schemas,
    table_name text primary key,
    table_type text not null check (table_type in ('table', 'view')),
    utype text,
    description text,
    table_index integer
);

create table if not exists tap_schema.columns (
    table_name text not null references tap_schema.tables,
    column_name text not null,
    datatype text not null,
    arraysize text,
    xtype text,
    "size" integer,
    description text,
    utype text,
    unit text,
    ucd text,
    indexed integer not null check (indexed in (0, 1)),
    principal integer not null check (principal in (0, 1)),
    std integer not null check (std in (0, 1)),
    column_index integer,
    primary key (table_name, column_name)
);

create table if not exists tap_schema.keys (
    key_id text primary key,
    from_table text not null references tap_schema.tables,
    target_table text not null references tap_schema.tables,
    description text,
    utype text
);

create table if not exists tap_schema.key_columns (
    key_id text not null references tap_schema.keys,
    from_column text not null,
    target_column text not null,
    primary key (key_id, from_column, target_column)
);
