-- 1 for the nodes of the current Map 1 that carry a label and 0 for all others: the inner product with a fingerprint is its count.
create function caom2_ai.label_mask(label text) returns vector
language sql stable parallel safe
return (
    select ('{' || coalesce(string_agg(p || ':1', ',' order by p), '') || '}/400')::sparsevec::vector
    from unnest(caom2_ai.label_positions($1)) p
);
