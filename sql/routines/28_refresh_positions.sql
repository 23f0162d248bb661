-- Bring the positions of planes in line with CAOM, at most a number of them; give how many were changed. An archive that has
-- positions of its own (caom2_ai.plane_centre) needs none of ours.
create function caom2_ai.refresh_positions(most integer) returns integer
language plpgsql
as $$
declare
    changed integer;
    gone integer;
begin
    if pg_get_viewdef('caom2_ai.plane_centre'::regclass) !~ 'plane_position' then
        return 0;
    end if;
    with stale as materialized (
        select p.planeID, p.position_bounds as bounds, p.lastModified
        from caom2.Plane p
        left join caom2_ai.plane_position s on s.planeID = p.planeID
        where s.modified is distinct from p.lastModified and caom2_ai.is_region(p.position_bounds)
        limit most
    )
    insert into caom2_ai.plane_position as s (planeID, ra, dec, healpix, extent, modified)
    select planeID, centre[1], centre[2], caom2_ai.healpix(centre[1], centre[2]), caom2_ai.chart_box(bounds), lastModified
    from stale, lateral (select caom2_ai.region_centroid(bounds) as centre) as found
    on conflict (planeID) do update set ra = excluded.ra, dec = excluded.dec, healpix = excluded.healpix,
        extent = excluded.extent, modified = excluded.modified;
    get diagnostics changed = row_count;
    delete from caom2_ai.plane_position s
    where s.planeID in (
        select t.planeID
        from caom2_ai.plane_position t
        left join caom2.Plane p on p.planeID = t.planeID
        where p.planeID is null
            or (t.modified <> p.lastModified and caom2_ai.is_region(p.position_bounds) is not true)
        limit most
    );
    get diagnostics gone = row_count;
    return changed + gone;
end
$$;
