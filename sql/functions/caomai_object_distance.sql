-- ADQL: caomai_object_distance(v1 REAL[], v2 REAL[]) -> DOUBLE
-- Distance of the looks of two objects, whichever way they are turned: 0 means alike, 1.41 unrelated, 2 opposite.
-- note: An index finds the objects that look most alike where a query orders by it, ascending, with TOP. Under any other conditions there are as many rows as were asked for if so many exist, in order: where few objects match the conditions, all of them are compared.
-- note: Vectors of two maps must not be compared; a query sees one map unless it asks for a mapID. Vectors of objects (64 numbers) and of images (400) cannot be compared.
-- example: SELECT TOP 20 o.objectID, o.publisherID, o.x, o.y, caomai_object_distance(o.vector, caomai_object_vector({objectID})) AS dist FROM caom2_ai.object_vector AS o ORDER BY dist
-- axes: 64
-- ucd: stat.param
-- total
create function caom2_ai.caomai_object_distance(v1 halfvec, v2 halfvec) returns double precision
language sql immutable parallel safe
return v1 <-> v2;
