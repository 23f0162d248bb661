-- How many objects an image has in a node, for an index: level * 400 + node for each of the levels 2, 5, 10, 20, 50, ... that the
-- node's count reaches. An index holds what this gives, so it stays where other functions are made anew (drop.sql), and never changes.
create function caom2_ai.node_levels(fingerprint integer[]) returns integer[]
language sql immutable strict parallel safe cost 1000
return (
    select coalesce(array_agg(400 * level + node - 1), '{}')
    from (select node::integer, count from unnest(fingerprint) with ordinality as f (count, node) where count >= 2) f
    join unnest('{2,5,10,20,50,100,200,500,1000,2000}'::integer[]) level on count >= level
);
create index fingerprint_levels on caom2_ai.fingerprint using gin (caom2_ai.node_levels(fingerprint));
-- The planner knows how many images reach a level from what is analysed after the index is there; of nothing it would learn
-- that there is next to nothing.
do $$
begin
    if exists (select from caom2_ai.fingerprint) then
        analyze caom2_ai.fingerprint;
    end if;
end
$$;
