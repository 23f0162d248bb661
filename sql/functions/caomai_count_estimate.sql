-- ADQL: caomai_count_estimate(fingerprint INTEGER[], node INTEGER, sampledFraction DOUBLE) -> DOUBLE
-- Number of objects of an image in a node, had all detected objects been described and not a sample of them.
-- note: The third argument is the column sampledFraction of the same row; where it is 1 the estimate is the count.
-- example: SELECT TOP 10 f.publisherID, f.sampledFraction, caomai_count_estimate(f.fingerprint, {node}, f.sampledFraction) AS estimate FROM caom2_ai.fingerprint AS f WHERE caomai_count_estimate(f.fingerprint, {node}, f.sampledFraction) >= 2 ORDER BY estimate DESC
-- predicate: array_positions($1::boolean[], true) @> array[$2 + 1]
-- ucd: meta.number;src.class
-- total
create function caom2_ai.caomai_count_estimate(
    fingerprint integer[], node integer, sampledFraction double precision
) returns double precision
language sql immutable parallel safe
return fingerprint[node + 1] / nullif(sampledFraction, 0);
