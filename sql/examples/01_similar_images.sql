-- name: Which images are most like this one?
-- Nearest first. The content alone decides: which kinds of objects an image holds, and how many of each. A distance of 0 is the
-- same content, 1.4 is unrelated. Put the publisherID of your own image into caomai_vector.
SELECT TOP 20 f.publisherID, f.collection, f.instrument_name, f.nObjects,
       caomai_distance(f.vector, caomai_vector('{publisherID}')) AS dist
FROM caom2_ai.fingerprint AS f
ORDER BY dist
