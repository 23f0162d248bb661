-- ADQL: caomai_count_estimate(fingerprint INTEGER[], node INTEGER, sampledFraction DOUBLE) -> DOUBLE
-- Number of objects in a node if all detected objects had been described, not a sample (column sampledFraction).
-- predicate: array_positions($1::boolean[], true) @> array[$2 + 1]
-- ucd: meta.number;src.class
-- total
create function caom2_ai.caomai_count_estimate(
    fingerprint integer[], node integer, sampledFraction double precision
) returns double precision
language sql immutable parallel safe
return fingerprint[node + 1] / nullif(sampledFraction, 0);
