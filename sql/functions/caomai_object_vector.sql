-- ADQL: caomai_object_vector(objectID BIGINT) -> REAL[]
-- What one object looks like in the current map, as 64 numbers; an object that is not in caom2_ai.object_vector is an error.
-- note: An object of an image that may not be seen is unknown too. Where the objectID is computed or a column, an unknown one gives NULL.
-- example: SELECT TOP 20 o.objectID, o.publisherID, o.x, o.y, caomai_object_distance(o.vector, caomai_object_vector({objectID})) AS dist FROM caom2_ai.object_vector AS o WHERE o.objectID <> {objectID} ORDER BY dist
-- axes: 64
-- ucd: stat.param
-- total
create function caom2_ai.caomai_object_vector(objectID bigint) returns halfvec
language sql stable parallel safe
return (
    select o.vector
    from caom2_ai_view.object_vector o
    where o.objectID = $1
        and o.mapID = (select m.mapID from caom2_ai_view.map m where m.kind = 'object' and m.isCurrent = 1)
);
