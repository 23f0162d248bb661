-- name: Which objects look like no other?
-- The oddness of an object says how unlike the typical object of its node it is. Faint ones are odd because of their noise.
SELECT TOP 50 o.publisherID, o.part, o.x, o.y, o.ra, o.dec, o.node, o.oddness, o.snr
FROM caom2_ai.object_node AS o
WHERE o.snr > 20
ORDER BY oddness DESC
