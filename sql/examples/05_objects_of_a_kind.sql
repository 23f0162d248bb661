-- name: In which images is one object in ten of a certain kind?
-- Map 1 sorts objects into 400 nodes, 0 to 399, by what they look like. Take the node of an object that you like (the
-- column node of caom2_ai.object_node) and find the images that are full of its kind.
SELECT TOP 50 f.publisherID, f.nObjects, caomai_count(f.fingerprint, {node}) AS n,
       caomai_fraction(f.fingerprint, {node}) AS fraction
FROM caom2_ai.fingerprint AS f
WHERE caomai_fraction(f.fingerprint, {node}) >= 0.1
ORDER BY fraction DESC
