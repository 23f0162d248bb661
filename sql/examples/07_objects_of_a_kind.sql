-- name: In which images is one object in twenty of a certain kind?
-- group: Images by what is in them
-- Take the node of an object that you like (the column node of caom2_ai.object_node) and find the images that are full of its
-- kind. Of crowded images only a sample is described, and the estimate says how many there are in all.
SELECT TOP 50 f.publisherID, f.nDetected, caomai_count(f.fingerprint, {node}) AS n,
       caomai_count_estimate(f.fingerprint, {node}, f.sampledFraction) AS estimate,
       caomai_fraction(f.fingerprint, {node}) AS fraction
FROM caom2_ai.fingerprint AS f
WHERE caomai_fraction(f.fingerprint, {node}) >= 0.05
ORDER BY fraction DESC
