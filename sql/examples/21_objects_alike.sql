-- name: Which objects look like this one?
-- group: Objects like this one
-- Objects look alike whichever way they are turned: a distance of 0 is the same look and 1.4 is unrelated. Take an objectID from
-- caom2_ai.object_vector; all else that is measured of an object is in caom2_ai.object_node, in the row with the same objectID.
SELECT TOP 20 o.objectID, o.publisherID, o.part, o.x, o.y, o.ra, o.dec, o.node,
       caomai_object_distance(o.vector, caomai_object_vector({objectID})) AS dist
FROM caom2_ai.object_vector AS o
WHERE o.objectID <> {objectID}
ORDER BY dist
