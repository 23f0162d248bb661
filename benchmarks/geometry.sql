-- 1,000,000 planes all over the sky, half of them circles and half of them turned squares, a tenth of a degree to half a degree
-- wide, in 100,000 observations; 1,000 positions near those of planes to crossmatch.
set session_replication_role = replica;
set role caomai_owner;
do $$
declare
    name text;
begin
    -- Indexes that no query here uses would take most of the time.
    for name in
        select indexrelid::regclass::text from pg_index
        where indrelid = 'caom2.Plane'::regclass and not indisunique and indexrelid <> 'caom2.plane_obsid'::regclass
            and indexrelid <> 'caom2.plane_time_bounds_lower'::regclass
    loop
        execute 'drop index ' || name;
    end loop;
end
$$;

insert into caom2.Observation (
    obsID, observationURI, collection, observationID, algorithm_name, intent, metaRelease, typeCode, lastModified,
    maxLastModified, metaChecksum, accMetaChecksum
)
select md5('o' || n)::uuid, 'caom:SIM/' || n, 'SIM' || n % 10, n::text, 'exposure', 'science', '2020-01-01', 'S',
    '2020-01-01', '2020-01-01', 'md5:', 'md5:'
from generate_series(1, 100000) n;

create temporary table place as
select n, 360 * random() as ra, asind(2 * random() - 1) as "dec", 0.05 + 0.2 * random() ^ 4 as radius, 90 * random() as turn
from generate_series(1, 1000000) n;

insert into caom2.Plane (
    publisherID, obsID, planeID, planeURI, productID, metaRelease, dataRelease, dataProductType, calibrationLevel,
    position_bounds, time_bounds_lower, time_bounds_upper, time_exposure, lastModified, maxLastModified, metaChecksum,
    accMetaChecksum
)
select 'ivo://sim?' || n, md5('o' || 1 + n % 100000)::uuid, md5('p' || n)::uuid, 'caom:SIM/' || n, n::text,
    case when n % 50 > 0 then timestamp '2020-01-01' end, '2020-01-01', 'image', n % 4,
    case when n % 2 = 0 then array[ra, "dec", radius] else array[
        ra + radius * cosd(turn) / cosd("dec"), greatest(-90, least(90, "dec" + radius * sind(turn))),
        ra - radius * sind(turn) / cosd("dec"), greatest(-90, least(90, "dec" + radius * cosd(turn))),
        ra - radius * cosd(turn) / cosd("dec"), greatest(-90, least(90, "dec" - radius * sind(turn))),
        ra + radius * sind(turn) / cosd("dec"), greatest(-90, least(90, "dec" - radius * cosd(turn)))
    ] end,
    58000 + n / 1000.0, 58000 + n / 1000.0, n % 300, '2020-01-01', '2020-01-01', 'md5:', 'md5:'
from place where abs("dec") < 89;
reset role;
reset session_replication_role;

-- As a table that is made, since it is not made in parallel otherwise; the centres of squares are theirs within rounding.
set role caomai_owner;
create temporary table made as
select md5('p' || n)::uuid as planeID, ra, "dec", caom2_ai.healpix(ra, "dec") as healpix,
    caom2_ai.chart_box(p.position_bounds) as extent, p.lastModified as modified
from place join caom2.Plane p on p.planeID = md5('p' || n)::uuid;
insert into caom2_ai.plane_position (planeID, ra, dec, healpix, extent, modified) select * from made;

create table caom2_ai_view.bench_targets as
select n, ra + (random() - 0.5) * 0.001 as ra, "dec" + (random() - 0.5) * 0.001 as "dec" from place where n <= 1000;
grant select on caom2_ai_view.bench_targets to caomai_query;
