-- name: Which objects of other images look like this one?
-- group: Objects like this one
-- The objects of an image resemble each other: they share its seeing and its pixels. Leave the image out to find the same kind of
-- object elsewhere; `o.collection = ...` and `o.instrument_name = ...` leave out more. There are always as many rows as TOP asks for,
-- if the archive has so many.
SELECT TOP 20 o.objectID, o.publisherID, o.part, o.x, o.y, o.ra, o.dec, o.node, o.snr,
       caomai_object_distance(o.vector, caomai_object_vector({objectID})) AS dist
FROM caom2_ai.object_vector AS o
WHERE o.publisherID <> '{publisherID}'
ORDER BY dist
