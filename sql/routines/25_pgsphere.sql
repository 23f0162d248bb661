-- Positions and regions in degrees as pgsphere's types, where the database has them. What pgsphere does not take is NULL, so
-- that no row can fail: NaN, numbers that are no angles, circles beyond 90 degrees, polygons whose edges cross or that do
-- not fit into one hemisphere. sky_polygon is for the polygons of a query: it says what is wrong.
do $do$
begin
    if to_regtype('spoly') is null then
        return;
    end if;

    create function caom2_ai.try_spoint(ra double precision, "dec" double precision) returns spoint
    language sql immutable parallel safe
    return case when ra between -720 and 720 and "dec" between -90 and 90 then spoint(radians(ra), radians("dec")) end;

    create function caom2_ai.try_scircle(ra double precision, "dec" double precision, radius double precision)
    returns scircle
    language sql immutable parallel safe
    return case when radius between 0 and 90 then scircle(caom2_ai.try_spoint(ra, "dec"), radians(radius)) end;

    create function caom2_ai.sky_polygon(region double precision[]) returns spoly
    language plpgsql immutable strict parallel safe
    as $$
    begin
        return spoly_deg(region);
    exception when others then
        raise exception 'a polygon that is compared with regions of this archive must fit into one hemisphere, and its '
            'edges must not cross: split this one' using errcode = '22023';
    end
    $$;

    create function caom2_ai.try_spoly(region double precision[]) returns spoly
    language plpgsql immutable strict parallel safe
    as $$
    begin
        if (cardinality(region) >= 6 and -720 <= all (region) and 720 >= all (region)) is true then
            return spoly_deg(region);
        end if;
        return null;
    exception when others then
        return null;
    end
    $$;

    -- The box that holds a region, as pgsphere has it.
    create function caom2_ai.try_sbox(region double precision[]) returns sbox
    language sql immutable strict parallel safe
    as $$
        select sbox(
            spoint(radians((b[1])[0]), radians((b[1])[1])), spoint(radians((b[0])[0]), radians((b[0])[1]))
        ) from caom2_ai.region_box(region) b
    $$;
end
$do$;
