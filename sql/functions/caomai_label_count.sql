-- ADQL: caomai_label_count(fingerprint INTEGER[], label VARCHAR) -> INTEGER
-- Number of objects of an image in all nodes of the current map that carry a label.
-- predicate: array_positions($1::boolean[], true) && (select caom2_ai.label_positions($2))
-- ucd: meta.number;src.class
-- total
create function caom2_ai.caomai_label_count(fingerprint integer[], label text) returns integer
language sql stable parallel safe
return (
    select case when fingerprint is not null then coalesce(sum(fingerprint[l.node + 1]), 0) end
    from caom2_ai_view.label l
    where l.label = $2
        and l.mapID = (select m.mapID from caom2_ai_view.map m where m.kind = 'object' and m.isCurrent = 1)
)::integer;
