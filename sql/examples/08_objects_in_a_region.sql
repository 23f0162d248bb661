-- name: Where in a region are the bright objects of a certain kind?
-- group: Single objects
-- Every object of every image is a row of caom2_ai.object_node, with its node, its place on the sky and its place in the image.
-- The same source appears once for each image that shows it.
SELECT TOP 1000 o.publisherID, o.ra, o.dec, o.snr, o.confidence, o.x, o.y, o.part
FROM caom2_ai.object_node AS o
WHERE o.node = {node} AND o.snr > 20
  AND 1 = CONTAINS(POINT('ICRS', o.ra, o.dec), CIRCLE('ICRS', {ra}, {dec}, 0.5))
ORDER BY snr DESC
