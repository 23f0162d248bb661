-- What the archive says of itself, after the columns that our own description has too.
update tap_schema.schemas set owner_id = 'archive';
update tap_schema.tables set description = 'The archive''s words: ' || description, owner_id = 'archive';
update tap_schema.columns set description = 'The archive''s words: ' || description;
insert into tap_schema.tables (schema_name, table_name, table_type, description, table_index) values
    ('caom2', 'caom2.ProvenanceInput', 'table', 'Planes that went into others', 20),
    ('caom2', 'caom2.EnumField', 'table', 'Pick lists', 21);
insert into tap_schema.columns (
    table_name, column_name, datatype, arraysize, xtype, unit, description, principal, indexed, std, column_index
) values
    ('caom2.Plane', 'energy_bounds', 'double', '2', 'interval', 'm', 'wavelengths', 0, 1, 1, 101),
    ('caom2.Plane', 'time_bounds', 'double', '2', 'interval', 'd', 'times', 0, 1, 1, 102),
    ('caom2.ProvenanceInput', 'outputID', 'char', '36', 'uuid', null, 'plane', 1, 1, 1, 1),
    ('caom2.ProvenanceInput', 'inputID', 'char', '*', 'uri', null, 'plane that went into it', 1, 1, 1, 2),
    ('caom2.EnumField', 'num_tuples', 'long', null, null, null, 'planes', 1, 1, 1, 1);
insert into tap_schema.keys (key_id, from_table, target_table, description) values
    ('provenance', 'caom2.ProvenanceInput', 'caom2.Plane', 'the plane that was made');
insert into tap_schema.key_columns values ('provenance', 'outputID', 'planeID');
insert into tap_schema.notes values ('ours');
