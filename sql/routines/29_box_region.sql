-- The corners of an ADQL BOX in degrees: its sides are great circles at right angles to a cross of the given width and height.
create function caom2_ai.box_region(
    ra double precision, "dec" double precision, width double precision, height double precision
) returns double precision[]
language plpgsql immutable strict parallel safe
as $$
declare
    corners double precision[] := '{}';
    x double precision;
    y double precision;
    z double precision;
    top double precision;
    corner_ra double precision;
begin
    if not coalesce(abs(ra) <= 720 and abs("dec") <= 90 and width >= 0 and width < 180
            and height >= 0 and height < 180, false) then
        return null;
    end if;
    top := atan2d(sind(height / 2) * cosd(width / 2), cosd(height / 2));
    for i in 0..3 loop
        x := cosd(top) * cosd(width / 2);
        y := cosd(top) * sind(width / 2) * case when i in (0, 3) then -1 else 1 end;
        z := sind(top) * case when i < 2 then -1 else 1 end;
        corner_ra := ra + atan2d(y, x * cosd("dec") - z * sind("dec"));
        corners := corners || (corner_ra - 360 * floor(corner_ra / 360))
            || asind(greatest(-1, least(1, x * sind("dec") + z * cosd("dec"))));
    end loop;
    return corners;
end
$$;
