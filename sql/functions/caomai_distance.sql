-- ADQL: caomai_distance(v1 REAL[], v2 REAL[]) -> DOUBLE
-- Distance of two search vectors: 0 means the same content, 1.41 unrelated, 2 opposite.
-- note: An index finds the nearest images where a query orders by it, ascending, with TOP. Under any other conditions there are as many rows as were asked for if so many exist, in order: where few images match the conditions, all of them are compared.
-- note: Search vectors of two maps must not be compared: a query sees one map unless it asks for a mapID, and one of another map than the current one is refused beside caomai_vector.
-- example: SELECT TOP 10 f.publisherID, caomai_distance(f.vector, caomai_vector('{publisherID}')) AS dist FROM caom2_ai.fingerprint AS f ORDER BY dist
-- ucd: stat.param
-- axes: 400
-- total
create function caom2_ai.caomai_distance(v1 halfvec, v2 halfvec) returns double precision
language sql immutable parallel safe
return v1 <-> v2;
