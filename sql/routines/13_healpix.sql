-- The HEALPix pixel of a position: order 29, NESTED (Gorski et al. 2005, ApJ 622, 759, sect. 5).
create function caom2_ai.healpix(ra double precision, "dec" double precision) returns bigint
language plpgsql immutable strict parallel safe
as $$
declare
    nside constant bigint := 536870912;
    turn double precision;
    z double precision;
    cap double precision;
    quarter bigint;
    jp bigint;
    jm bigint;
    face bigint;
    pair bigint[];
begin
    if not coalesce(abs(ra) <= 720 and abs("dec") <= 90, false) then
        return null;
    end if;
    turn := (ra - 360 * floor(ra / 360)) / 90;
    z := sind("dec");
    if abs(z) <= 2 / 3.0 then
        jp := floor(nside * (0.5 + turn - z * 0.75));
        jm := floor(nside * (0.5 + turn + z * 0.75));
        if jp >> 29 = jm >> 29 then
            face := 4 + ((jp >> 29) & 3);
        elsif jp >> 29 < jm >> 29 then
            face := (jp >> 29) & 3;
        else
            face := 8 + ((jm >> 29) & 3);
        end if;
        pair := array[jm & (nside - 1), nside - 1 - (jp & (nside - 1))];
    else
        quarter := least(3, floor(turn));
        cap := nside * cosd("dec") * sqrt(3 / (1 + abs(z)));
        jp := least(nside - 1, floor((turn - quarter) * cap));
        jm := least(nside - 1, floor((1 - turn + quarter) * cap));
        face := quarter + case when z > 0 then 0 else 8 end;
        pair := case when z > 0 then array[nside - 1 - jm, nside - 1 - jp] else array[jp, jm] end;
    end if;
    for i in 1..2 loop
        -- A zero between each two bits.
        pair[i] := (pair[i] | (pair[i] << 16)) & x'0000ffff0000ffff'::bigint;
        pair[i] := (pair[i] | (pair[i] << 8)) & x'00ff00ff00ff00ff'::bigint;
        pair[i] := (pair[i] | (pair[i] << 4)) & x'0f0f0f0f0f0f0f0f'::bigint;
        pair[i] := (pair[i] | (pair[i] << 2)) & x'3333333333333333'::bigint;
        pair[i] := (pair[i] | (pair[i] << 1)) & x'5555555555555555'::bigint;
    end loop;
    return (face << 58) | pair[1] | (pair[2] << 1);
end
$$;
