-- ADQL: caomai_label_count(fingerprint INTEGER[], label VARCHAR) -> INTEGER
-- Number of objects of an image in all nodes of the current Map 1 that carry a label.
-- note: Labels are in caom2_ai.label, with what is known of how often they are right; one that nobody gave counts 0.
-- example: SELECT TOP 10 f.publisherID, caomai_label_count(f.fingerprint, '{label}') AS n FROM caom2_ai.fingerprint AS f WHERE caomai_label_count(f.fingerprint, '{label}') >= 1 ORDER BY n DESC
-- Not a sub-query in the predicate: the planner asks a function which nodes they are, and so how many images have some of them.
-- written: inner_product($1::vector(400), (select caom2_ai.label_mask($2)))::integer
-- predicate: array_positions($1::boolean[], true) && caom2_ai.label_positions($2)
-- ucd: meta.number;src.class
-- total
create function caom2_ai.caomai_label_count(fingerprint integer[], label text) returns integer
language sql stable parallel safe
return (
    select case when fingerprint is not null then coalesce(sum(fingerprint[p]), 0) end
    from unnest(caom2_ai.label_positions(label)) p
)::integer;
