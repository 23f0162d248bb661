-- name: Which objects within 1 degree of a place look like this one?
-- group: Objects like this one
-- This looks at all images of a place at once, such as the other nights of a field. One object on the sky has a row in every image
-- that shows it.
SELECT TOP 20 o.objectID, o.publisherID, o.ra, o.dec, o.node, o.snr,
       DISTANCE(POINT('ICRS', o.ra, o.dec), POINT('ICRS', {ra}, {dec})) AS apart,
       caomai_object_distance(o.vector, caomai_object_vector({objectID})) AS dist
FROM caom2_ai.object_vector AS o
WHERE 1 = CONTAINS(POINT('ICRS', o.ra, o.dec), CIRCLE('ICRS', {ra}, {dec}, 1))
ORDER BY dist
