-- name: What is in this image, object by object?
-- Every object with its pixel (FITS convention), its place on the sky, its node and how sure that is.
SELECT o.part, o.x, o.y, o.ra, o.dec, o.node, o.confidence, o.oddness, o.snr
FROM caom2_ai.object_node AS o
WHERE o.publisherID = '{publisherID}'
ORDER BY snr DESC
