-- Centres of planes and boxes around their footprints: pgsphere's centres where the archive keeps them, which has indexes of
-- its own, else those of plane_position.
do $do$
begin
    if exists (
        select from pg_attribute
        where attrelid = 'caom2.Plane'::regclass and attname = 'position_bounds_center'
            and atttypid = to_regtype('spoint')
    ) then
        create view caom2_ai.plane_centre as
        select p.planeID, degrees(long(p.position_bounds_center)) as ra,
            degrees(lat(p.position_bounds_center)) as dec, healpix_nest(29, p.position_bounds_center) as healpix,
            null::box as extent
        from caom2.Plane p
        where p.position_bounds_center is not null;
    else
        create view caom2_ai.plane_centre as
        select s.planeID, s.ra, s.dec, s.healpix, s.extent
        from caom2_ai.plane_position s;
    end if;
end
$do$;
