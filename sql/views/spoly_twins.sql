-- An archive that keeps positions and regions as pgsphere's types: its columns, appended to the views of planes, are the index
-- twins of what users see (tapext/adql/twins.py), instead of ours.
do $do$
declare
    twins constant text := ', p.position_bounds_spoly, p.position_bounds_center';
    name text;
begin
    if (
        select count(*) < 2 from pg_attribute
        where attrelid = 'caom2.Plane'::regclass
            and (attname, atttypid) in (
                ('position_bounds_spoly', to_regtype('spoly')), ('position_bounds_center', to_regtype('spoint'))
            )
    ) then
        return;
    end if;
    foreach name in array array['plane', 'obscore'] loop
        execute format('create or replace view caom2_ai_view.%I as ', name)
            || regexp_replace(pg_get_viewdef(format('caom2_ai_view.%I', name)::regclass), '\n   FROM ', twins || '\&');
    end loop;
    comment on column caom2_ai_view.plane.position_bounds_healpix is null;
    comment on column caom2_ai_view.plane.position_bounds_extent is null;
    comment on column caom2_ai_view.plane.position_bounds_spoly is 'twin: spoly of position_bounds';
    comment on column caom2_ai_view.plane.position_bounds_center is 'twin: spoint of centroid(position_bounds)';
    comment on column caom2_ai_view.obscore.s_healpix is null;
    comment on column caom2_ai_view.obscore.s_extent is null;
    comment on column caom2_ai_view.obscore.position_bounds_spoly is 'twin: spoly of s_region';
    comment on column caom2_ai_view.obscore.position_bounds_center is 'twin: spoint of s_ra, s_dec';
end
$do$;
