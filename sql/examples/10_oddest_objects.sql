-- name: Which objects of a collection look like no other?
-- group: Single objects
-- The oddness of an object is the share of the objects a model has learnt from that are less odd: nearer to the centre of a
-- frequent node, without arcs of light around them. It ranks what is worth a look, and most of it are blends and faint objects.
SELECT TOP 100 o.publisherID, o.part, o.x, o.y, o.ra, o.dec, o.node, o.oddness AS object_oddness, o.snr
FROM caom2_ai.object_node AS o
JOIN caom2_ai.fingerprint AS f ON f.publisherID = o.publisherID
WHERE f.collection = '{collection}' AND o.snr > 20
ORDER BY object_oddness DESC
