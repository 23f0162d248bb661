-- name: Which objects of other images look like this one?
-- group: Objects like this one
-- The objects of an image resemble each other, because they share its seeing and its pixels: without it the same kind of object is
-- found elsewhere. Conditions never make the answer shorter than TOP, as long as the archive has so many objects.
SELECT TOP 20 o.objectID, o.publisherID, o.part, o.x, o.y, o.ra, o.dec, o.node, o.snr,
       caomai_object_distance(o.vector, caomai_object_vector({objectID})) AS dist
FROM caom2_ai.object_vector AS o
WHERE o.publisherID <> '{publisherID}'
ORDER BY dist
