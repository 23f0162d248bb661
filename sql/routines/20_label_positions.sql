-- Array positions (node + 1) of the nodes of the current Map 1 that carry a label; empty for a label nobody gave. It costs more than
-- a look at an image's counts, which therefore comes first where images are looked at one by one.
create function caom2_ai.label_positions(label text) returns integer[]
language sql stable parallel safe cost 10
return (
    select coalesce(array_agg(l.node + 1 order by l.node), '{}')
    from caom2_ai_view.label l
    where l.label = $1
        and l.mapID = (select m.mapID from caom2_ai_view.map m where m.kind = 'object' and m.isCurrent = 1)
);
