-- name: What is in this image, object by object?
-- group: Single objects
-- Pixels follow the FITS convention, in which the centre of the first is 1, 1. The confidence is the probability of the node among
-- all nodes.
SELECT o.part, o.x, o.y, o.ra, o.dec, o.node, o.confidence, o.oddness, o.snr
FROM caom2_ai.object_node AS o
WHERE o.publisherID = '{publisherID}'
ORDER BY snr DESC
