-- Whether the poles lie on the smaller side of a polygon's border: by the degrees of right ascension by which it turns around
-- them, and by the area between it and the equator.
create function caom2_ai.polygon_poles(region double precision[], out north boolean, out south boolean)
language plpgsql immutable strict parallel safe
as $$
declare
    n constant integer := cardinality(region);
    turn double precision := 0;
    step double precision;
    here double precision := tand(region[n] / 2);
    there double precision;
    below double precision := 0;
begin
    for i in 1..n by 2 loop
        step := region[i] - region[case when i = 1 then n - 1 else i - 2 end];
        step := step - 360 * round(step / 360);
        there := tand(region[i + 1] / 2);
        turn := turn + step;
        below := below + 2 * atan2(sind(step / 2) * (here + there), cosd(step / 2) * (1 + here * there));
        here := there;
    end loop;
    if abs(turn) > 180 then
        north := (turn > 0) = (below >= 0);
        south := not north;
    else
        north := abs(below) > 2 * pi();
        south := north;
    end if;
end
$$;
