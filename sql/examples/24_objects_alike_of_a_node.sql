-- name: Which objects of a node look most like this one?
-- group: Objects like this one
-- A node is coarse; the distance sorts what is in it. Where many objects are in the node, all of them are compared, which takes
-- longer than the other questions of this group.
SELECT TOP 20 o.objectID, o.publisherID, o.part, o.x, o.y, o.ra, o.dec, o.snr,
       caomai_object_distance(o.vector, caomai_object_vector({objectID})) AS dist
FROM caom2_ai.object_vector AS o
WHERE o.node = {objectNode} AND o.objectID <> {objectID} AND o.snr > 10
ORDER BY dist
