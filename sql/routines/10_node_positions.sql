-- Array positions (node + 1) of a list of nodes such as '101,144'; whatever else the text is, is refused.
create function caom2_ai.node_positions(nodes text) returns integer[]
language plpgsql immutable strict parallel safe
as $$
declare
    positions integer[];
begin
    if nodes !~ '^\s*\d{1,3}\s*(,\s*\d{1,3}\s*)*$' then
        raise exception '''%'' is not a list of nodes such as ''101,144''', nodes using errcode = '22023';
    end if;
    select array_agg(distinct n::integer + 1) into positions from unnest(string_to_array(nodes, ',')) n;
    if positions[cardinality(positions)] > 400 then
        raise exception 'node % does not exist: nodes are numbered 0 to 399', positions[cardinality(positions)] - 1
            using errcode = '22023';
    end if;
    return positions;
end
$$;
