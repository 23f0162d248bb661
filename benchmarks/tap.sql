-- Tables of the benchmark of TAP: 200,000 rows of 12 columns, and 10,000 fingerprints.
set role caomai_owner;
-- With a hidden column that finds positions by an index, as ingest keeps it.
create table caom2_ai_view.bench_stars as
select *, caom2_ai.healpix(ra, dec) as healpix from (
select 'ivo://caom-ai.local/SIM?obs-' || i || '/plane-' || i as id, random() * 360 as ra, random() * 180 - 90 as dec,
    random()::real as f1, (random() * 1000)::real as f2, case when i % 7 > 0 then random() end as f3, i as n1,
    i * 7::bigint as n2, case when i % 5 > 0 then (i % 400)::smallint end as n3,
    timestamp '2020-01-01' + i * interval '1.37 s' as t, 'filter ' || i % 9 as s1,
    case when i % 3 > 0 then 'a <b> & c' end as s2
from generate_series(1, 200000) i) as s;
create index on caom2_ai_view.bench_stars (healpix);
comment on column caom2_ai_view.bench_stars.healpix is 'twin: healpix of ra, dec';
create table caom2_ai_view.bench_vectors as
select i as n, array(select (random() * 30)::integer + 0 * i from generate_series(1, 400)) as counts,
    array(select random()::real + 0 * i from generate_series(1, 400))::halfvec(400) as vector
from generate_series(1, 10000) i;
grant select on caom2_ai_view.bench_stars, caom2_ai_view.bench_vectors to caomai_query;
insert into tap_schema.tables (schema_name, table_name, table_type)
values ('caom2_ai', 'caom2_ai.bench_stars', 'table'), ('caom2_ai', 'caom2_ai.bench_vectors', 'table');
insert into tap_schema.columns (table_name, column_index, column_name, datatype, arraysize, xtype, indexed, principal, std)
values ('caom2_ai.bench_stars', 1, 'id', 'char', '*', null, 0, 0, 0), ('caom2_ai.bench_stars', 2, 'ra', 'double', null, null, 0, 0, 0),
    ('caom2_ai.bench_stars', 3, 'dec', 'double', null, null, 0, 0, 0), ('caom2_ai.bench_stars', 4, 'f1', 'float', null, null, 0, 0, 0),
    ('caom2_ai.bench_stars', 5, 'f2', 'float', null, null, 0, 0, 0), ('caom2_ai.bench_stars', 6, 'f3', 'double', null, null, 0, 0, 0),
    ('caom2_ai.bench_stars', 7, 'n1', 'int', null, null, 0, 0, 0), ('caom2_ai.bench_stars', 8, 'n2', 'long', null, null, 0, 0, 0),
    ('caom2_ai.bench_stars', 9, 'n3', 'short', null, null, 0, 0, 0), ('caom2_ai.bench_stars', 10, 't', 'char', '23*', 'timestamp', 0, 0, 0),
    ('caom2_ai.bench_stars', 11, 's1', 'char', '*', null, 0, 0, 0), ('caom2_ai.bench_stars', 12, 's2', 'char', '*', null, 0, 0, 0),
    ('caom2_ai.bench_vectors', 1, 'n', 'int', null, null, 0, 0, 0), ('caom2_ai.bench_vectors', 2, 'counts', 'int', '400', null, 0, 0, 0),
    ('caom2_ai.bench_vectors', 3, 'vector', 'float', '400', null, 0, 0, 0);
